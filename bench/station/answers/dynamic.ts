import type {
  AFRRSignalRequest,
  AFRRSignalResponse,
  NotifyAllowedEnergyTransferRequest,
  NotifyAllowedEnergyTransferResponse,
  UpdateDynamicScheduleRequest,
  UpdateDynamicScheduleResponse,
  UsePriorityChargingRequest,
  UsePriorityChargingResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { underNewLimits } from '../charging.ts'
import { updateDynamic } from '../dynamic.ts'
import type { Evse } from '../evse.ts'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

const evseWith = ({ evses }: Station, transactionId: string): Evse | undefined =>
  evses.find(({ transaction }) => transaction?.transactionId === transactionId)

/** Blocks K and Q of 2.1: what changes while somebody charges. */
export const dynamic = {
  UpdateDynamicSchedule: (
    station: Station,
    { chargingProfileId, scheduleUpdate }: UpdateDynamicScheduleRequest,
  ): Reply<UpdateDynamicScheduleResponse> =>
    status(updateDynamic(station, chargingProfileId, scheduleUpdate) ? 'Accepted' : 'Rejected'),

  UsePriorityCharging(
    station: Station,
    { transactionId, activate }: UsePriorityChargingRequest,
  ): Reply<UsePriorityChargingResponse> {
    const evse = evseWith(station, transactionId)
    if (evse === undefined) return status('Rejected')
    if (!station.profiles.hasPriority(evse.id)) return status('NoProfile')
    return status('Accepted', () => {
      underNewLimits(station, () => station.profiles.prioritise(evse.id, activate))
      station.tidings.tell('NotifyPriorityCharging', { transactionId, activated: activate })
    })
  },

  NotifyAllowedEnergyTransfer: (
    station: Station,
    { transactionId }: NotifyAllowedEnergyTransferRequest,
  ): Reply<NotifyAllowedEnergyTransferResponse> =>
    status(evseWith(station, transactionId) === undefined ? 'Rejected' : 'Accepted'),

  /** A signal of the grid is for cars that are there (Q08). */
  AFRRSignal: (station: Station, { signal, timestamp }: AFRRSignalRequest): Reply<AFRRSignalResponse> =>
    status(station.evses.some(({ transaction }) => transaction !== undefined) ? 'Accepted' : 'Rejected', () =>
      station.note(`aFRR signal ${signal} of ${timestamp}`),
    ),
}
