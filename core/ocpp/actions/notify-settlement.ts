import type { NotifySettlementRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { decimalOf } from '../../domain/decimal.ts'
import { parseInstant } from '../../domain/instant.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect } from '../dialect.ts'

/**
 * NotifySettlement — a payment at the station's terminal was settled, or was not. 2.1 part 2 C20–C22. It is kept under
 * the payment provider's reference and what became of it; where the receipt is made here, the answer says where.
 */
export const NotifySettlement: Action = {
  'ocpp2.1': [
    dialect('settlement', {
      request: 'NotifySettlementRequest',
      ask: (request: NotifySettlementRequest) => {
        const { pspRef: ref, status, settlementAmount, settlementTime, transactionId, vatCompany } = request
        const pspRef = clean(ref)
        const at = parseInstant(settlementTime)?.ms
        const told = {
          pspRef,
          status,
          amount: decimalOf(settlementAmount),
          ...(transactionId !== undefined && { transaction: clean(transactionId) }),
        }
        const body = {
          ...told,
          at: settlementTime,
          ...texts(request, { statusInfo: 500, receiptId: 50, receiptUrl: 2_000, vatNumber: 20 }),
          ...(vatCompany !== undefined && {
            company: texts(vatCompany, {
              name: 50,
              address1: 100,
              address2: 100,
              city: 100,
              postalCode: 20,
              country: 50,
            }),
          }),
        }
        return {
          type: 'settlement',
          topic: 'settlement',
          pspRef,
          isSettled: status === 'Settled',
          ...(at !== undefined && { at }),
          data: told,
          learnt: [{ type: 'items.put', kind: 'settlement', items: [{ key: `${pspRef}/${status}`, body }] }],
        }
      },
      answer: ({ receiptUrl, receiptId }) => ({
        ...(receiptUrl !== undefined && { receiptUrl }),
        ...(receiptId !== undefined && { receiptId }),
      }),
    }),
  ],
}

/** Those of these fields that are there, as text that can be kept. */
const texts = (of: object, fields: Readonly<Record<string, number>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, longest]) => {
      const value: unknown = of[name as keyof typeof of]
      return typeof value === 'string' ? [[name, clean(value, longest)]] : []
    }),
  )
