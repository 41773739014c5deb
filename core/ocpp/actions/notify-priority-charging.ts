import type { NotifyPriorityChargingRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { clean } from '../../domain/text.ts'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'

/** NotifyPriorityCharging — a driver has chosen priority at the station, or has given it up. 2.1 K22. */
export const NotifyPriorityCharging: Action = {
  'ocpp2.1': [
    dialect('told', {
      request: 'NotifyPriorityChargingRequest',
      ask: ({ transactionId, activated }: NotifyPriorityChargingRequest) => {
        const transaction = clean(transactionId, 36)
        return {
          type: 'told',
          topic: 'priority-charging',
          data: { transaction, activated },
          learnt: [{ type: 'items.put', kind: 'priorityCharging', items: [{ key: transaction, body: { activated } }] }],
        }
      },
      answer: () => nothing,
    }),
  ],
}
