import type { ClearedChargingLimitRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { clean } from '../../domain/text.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'

/** ClearedChargingLimit — a limit of others holds no more: that of an EVSE, or all that this one has set. 2.x K13. */
export const ClearedChargingLimit: Action = two(
  dialect('told', {
    request: 'ClearedChargingLimitRequest',
    ask: ({ chargingLimitSource, evseId: evse }: ClearedChargingLimitRequest) => {
      const source = clean(chargingLimitSource, 20)
      return {
        type: 'told',
        topic: 'charging-limit-cleared',
        data: { source, ...(evse !== undefined && { evse }) },
        learnt: [
          evse === undefined
            ? { type: 'items.cleared', kind: 'chargingLimit', prefix: `${source}/` }
            : { type: 'items.removed', kind: 'chargingLimit', keys: [`${source}/${evse}`] },
        ],
      }
    },
    answer: () => nothing,
  }),
)
