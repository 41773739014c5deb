import type { ResetRequest, ResetResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { evseOf } from '../evse.ts'
import { reboot, rebootEvse } from '../reset.ts'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

/** Block B, B11–B13: now, when nobody charges any more, or now with whoever charges going on behind it (2.1). */
export const reset = {
  Reset(station: Station, { type, evseId }: ResetRequest): Reply<ResetResponse> {
    const evse = evseOf(station, evseId)
    if (!station.isUp || station.firmware.isInstalling || (evseId !== undefined && evse === undefined))
      return status('Rejected')
    if (evse !== undefined) {
      if (type === 'OnIdle' && evse.transaction !== undefined) return status('Rejected')
      return status('Accepted', () => void rebootEvse(station, evse))
    }
    if (type === 'OnIdle') {
      const restart = { reason: 'ScheduledReset', stopped: 'Reboot' } as const
      return station.restartWhenIdle(restart)
        ? status('Accepted', () => void reboot(station, { ...restart, reason: 'RemoteReset' }))
        : status('Scheduled')
    }
    const resumes = type === 'ImmediateAndResume'
    return status('Accepted', () => void reboot(station, { reason: 'RemoteReset', stopped: 'ImmediateReset', resumes }))
  },
}
