import type { UpdateDynamicScheduleResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { type ChargingProfile, faultOf, type Rates } from '../../charging/profile.ts'
import { ratesTo2 } from '../charging-profile-2.ts'
import { accepted, type Action, order, type OrderContext, rejected } from '../dialect.ts'

/** UpdateDynamicSchedule — new values for a dynamic profile that the station holds. 2.1 K28. */
export const UpdateDynamicSchedule: Action = {
  'ocpp2.1': [
    order('updateDynamicSchedule', {
      action: 'UpdateDynamicSchedule',
      tell: ({ id, rates }, context) => {
        const updated = updatedProfile(id, rates, context)
        if (updated === undefined) return { unsupported: `it has taken no dynamic profile ${id}` }
        const fault = faultOf(updated)
        return fault === undefined
          ? { payload: { chargingProfileId: id, scheduleUpdate: ratesTo2(rates) } }
          : { unsupported: fault }
      },
      told: ({ status }: UpdateDynamicScheduleResponse, { id, rates }, context) => {
        const profile = updatedProfile(id, rates, context)
        if (status !== 'Accepted') return rejected(status)
        return profile === undefined
          ? accepted()
          : accepted(undefined, [{ type: 'chargingProfile.installed', profile, byId: true }])
      },
    }),
  ],
}

/** What is not named stays as it was (K28.FR.04); it was updated now. */
const updatedProfile = (id: number, rates: Rates, { charging, now }: OrderContext): ChargingProfile | undefined => {
  const profile = charging?.profiles.find((one) => one.id === id && one.kind === 'dynamic')
  const [schedule] = profile?.schedules ?? []
  const [period] = schedule?.periods ?? []
  if (profile === undefined || schedule === undefined || period === undefined) return undefined
  return { ...profile, schedules: [{ ...schedule, startsAt: now, periods: [{ ...period, ...rates }] }] }
}
