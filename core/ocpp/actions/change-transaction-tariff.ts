import type { ChangeTransactionTariffResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, order, rejected } from '../dialect.ts'
import { tariffTo21 } from '../tariff.ts'

/**
 * ChangeTransactionTariff — from now on a session is computed by another tariff, in the same currency. 2.1 part 2 I11. That
 * it is comes with the session's next event (TariffChanged).
 */
export const ChangeTransactionTariff: Action = {
  'ocpp2.1': [
    order('changeTransactionTariff', {
      action: 'ChangeTransactionTariff',
      tell: ({ session, tariff }, { transaction }) =>
        transaction === undefined
          ? { unsupported: `session ${session} has no transaction on this charge point` }
          : { payload: { transactionId: transaction, tariff: tariffTo21(tariff) } },
      told: ({ status }: ChangeTransactionTariffResponse, { session, tariff }, { transaction = '' }) =>
        status === 'Accepted'
          ? accepted(undefined, [
              {
                type: 'items.put',
                kind: 'transactionTariff',
                items: [{ key: transaction, body: { tariffId: tariff.id, session, tariff } }],
              },
            ])
          : rejected(status),
    }),
  ],
}
