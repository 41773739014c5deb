import type { NotifyEVChargingScheduleRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { parseInstant } from '../../domain/instant.ts'
import { schedulesFrom2 } from '../charging-profile-2.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { refusal } from '../error.ts'

/** NotifyEVChargingSchedule — how a vehicle means to charge, out of what it was offered. 2.x K16. Where it does not fit, it is refused, and a new profile follows (K16.FR.04). */
export const NotifyEVChargingSchedule: Action = two(
  dialect('vehicleSchedule', {
    request: 'NotifyEVChargingScheduleRequest',
    ask: (request: NotifyEVChargingScheduleRequest, { now }) => {
      const { evseId: evse, timeBase, chargingSchedule, selectedChargingScheduleId: selected } = request
      const read = schedulesFrom2([chargingSchedule])
      if ('invalid' in read) return refusal('property', read.invalid)
      const [schedule] = read
      if (schedule === undefined) return refusal('property', 'there is no schedule')
      const startsAt = parseInstant(timeBase)?.ms ?? now
      const chosen = selected ?? chargingSchedule.id
      const body = { evse, startsAt, selected: chosen, schedule }
      return {
        type: 'vehicleSchedule',
        evse,
        startsAt,
        schedule,
        told: {
          topic: 'charging-schedule',
          data: { evse, startsAt, selected: chosen },
          learnt: [{ type: 'items.put', kind: 'chargingSchedule', items: [{ key: String(evse), body }] }],
        },
      }
    },
    answer: ({ accepted }) => ({ status: accepted ? 'Accepted' : 'Rejected' }),
  }),
)
