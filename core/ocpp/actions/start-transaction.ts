import type { StartTransactionRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import { clean } from '../../domain/text.ts'
import { milliWattHours } from '../../domain/units.ts'
import { type Action, dialect } from '../dialect.ts'
import { refusal } from '../error.ts'
import { billingTime, flagsOf } from './billing.ts'
import { idTagInfo } from './id-tag-info.ts'

/**
 * StartTransaction — energy transfer began. OCPP 1.6 §4.8. Also a refused token gets a real id (errata 3.17);
 * from 2.0.1 on the same fact arrives as TransactionEvent(Started).
 */
export const StartTransaction: Action = {
  'ocpp1.6': [
    dialect('session.start', {
      request: 'StartTransactionRequest',
      leniency: 'billing',
      ask: (request: StartTransactionRequest, heard) => {
        const known = request.meterStart >= 0
        const meterMwh = known ? milliWattHours(request.meterStart) : undefined
        if (known && meterMwh === undefined) return refusal('property', '/meterStart is beyond every meter')
        const { ms, key, clockless, flags } = billingTime(request.timestamp, heard)
        return {
          type: 'session.start',
          evse: request.connectorId,
          connector: request.connectorId === 0 ? 0 : 1,
          token: clean(request.idTag),
          ...(meterMwh !== undefined && { meterMwh }),
          at: ms,
          atKey: key,
          clockless,
          ...(request.reservationId !== undefined && { reservation: request.reservationId }),
          flags: [...flagsOf(heard), ...flags, ...(known ? [] : ['the station does not know its first register'])],
        }
      },
      answer: ({ transaction, authorization }) => ({
        transactionId: Number(transaction),
        idTagInfo: idTagInfo(authorization),
      }),
    }),
  ],
}
