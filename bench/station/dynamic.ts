import type { ChargingScheduleUpdateType, PullDynamicScheduleUpdateResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { underNewLimits } from './charging.ts'
import type { Station } from './station.ts'

/** A profile whose limits are told from moment to moment takes new ones (2.1 K28); false where it is none of the kind. */
export const updateDynamic = (station: Station, id: number, update: ChargingScheduleUpdateType): boolean => {
  const installed = station.profiles.find(id)
  if (installed?.profile.chargingProfileKind !== 'Dynamic') return false
  const { evse, profile } = installed
  const [schedule, ...others] = profile.chargingSchedule
  const [period, ...later] = schedule?.chargingSchedulePeriod ?? []
  if (schedule === undefined || period === undefined) return false
  const chargingSchedulePeriod = [{ ...period, ...update }, ...later]
  const renewed = {
    ...profile,
    dynUpdateTime: new Date(station.time.now()).toISOString(),
    chargingSchedule: [{ ...schedule, chargingSchedulePeriod }, ...others],
  }
  underNewLimits(station, () => station.profiles.install(evse, renewed))
  return true
}

/** It asks for new limits as often as its profile says, for as long as that is there. */
export const pullLater = (station: Station, id: number): void => {
  const { chargingProfileKind: kind, dynUpdateInterval: everyS = 0 } = station.profiles.find(id)?.profile ?? {}
  if (kind !== 'Dynamic' || everyS <= 0) return
  station.after(everyS * 1_000, () => {
    if (station.profiles.find(id) === undefined) return
    station.post({
      action: 'PullDynamicScheduleUpdate',
      payload: () => ({ chargingProfileId: id }),
      answered: (answer) => {
        const { scheduleUpdate } = answer as unknown as PullDynamicScheduleUpdateResponse
        if (scheduleUpdate !== undefined) updateDynamic(station, id, scheduleUpdate)
      },
    })
    pullLater(station, id)
  })
}
