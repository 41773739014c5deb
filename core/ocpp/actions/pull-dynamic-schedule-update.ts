import type { PullDynamicScheduleUpdateRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { ratesTo2 } from '../charging-profile-2.ts'
import { type Action, dialect } from '../dialect.ts'

/** PullDynamicScheduleUpdate — the station asks how much a dynamic profile allows now. 2.1 K28. */
export const PullDynamicScheduleUpdate: Action = {
  'ocpp2.1': [
    dialect('dynamicUpdate', {
      request: 'PullDynamicScheduleUpdateRequest',
      ask: ({ chargingProfileId }: PullDynamicScheduleUpdateRequest) => ({
        type: 'dynamicUpdate',
        profile: chargingProfileId,
      }),
      answer: ({ rates }) =>
        rates === undefined
          ? { status: 'Rejected', statusInfo: { reasonCode: 'InvalidProfile' } }
          : { status: 'Accepted', scheduleUpdate: ratesTo2(rates) },
    }),
  ],
}
