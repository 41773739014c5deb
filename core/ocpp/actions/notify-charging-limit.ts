import type { NotifyChargingLimitRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { clean } from '../../domain/text.ts'
import { schedulesFrom2 } from '../charging-profile-2.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'

/**
 * NotifyChargingLimit — somebody else limits the station, or an EVSE of it: an energy management system, the operator of
 * the grid. 2.x K12. It need not say how much; then it is known only that it is limited.
 */
export const NotifyChargingLimit: Action = two(
  dialect('told', {
    request: 'NotifyChargingLimitRequest',
    ask: ({ evseId: evse = 0, chargingLimit, chargingSchedule }: NotifyChargingLimitRequest) => {
      const source = clean(chargingLimit.chargingLimitSource, 20)
      const { isGridCritical, isLocalGeneration } = chargingLimit
      const read = schedulesFrom2(chargingSchedule ?? [])
      const limit = {
        source,
        evse,
        ...(isGridCritical !== undefined && { isGridCritical }),
        ...(isLocalGeneration !== undefined && { isLocalGeneration }),
      }
      return {
        type: 'told',
        topic: 'charging-limit',
        data: limit,
        learnt: [
          {
            type: 'items.put',
            kind: 'chargingLimit',
            items: [{ key: `${source}/${evse}`, body: { ...limit, schedules: 'invalid' in read ? [] : read } }],
          },
        ],
        flags: 'invalid' in read ? [read.invalid] : [],
      }
    },
    answer: () => nothing,
  }),
)
