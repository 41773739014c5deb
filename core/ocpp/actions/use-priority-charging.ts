import type { UsePriorityChargingResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, order, rejected } from '../dialect.ts'

/** UsePriorityCharging — a session charges by its profile of priority from now on, or no longer. 2.1 K21. */
export const UsePriorityCharging: Action = {
  'ocpp2.1': [
    order('usePriorityCharging', {
      action: 'UsePriorityCharging',
      tell: ({ session, activate }, { transaction }) =>
        transaction === undefined
          ? { unsupported: `session ${session} is not open on this charge point` }
          : { payload: { transactionId: transaction, activate } },
      told: ({ status }: UsePriorityChargingResponse, { activate }, { transaction }) => {
        if (status === 'NoProfile') return rejected('it has no profile of priority')
        if (status !== 'Accepted') return rejected(status)
        return transaction === undefined
          ? accepted()
          : accepted(undefined, [
              {
                type: 'items.put',
                kind: 'priorityCharging',
                items: [{ key: transaction, body: { activated: activate } }],
              },
            ])
      },
    }),
  ],
}
