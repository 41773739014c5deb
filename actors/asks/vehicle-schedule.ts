import { isWithinLimits } from '../../core/charging/needs.ts'
import type { Asker } from './desk.ts'
import { schedule } from './needs.ts'

/** How a vehicle means to charge: taken where it stays within the limits that hold; else a profile is ordered anew (2.x K16). */
export const vehicleSchedule: Asker<'vehicleSchedule'> = async (desk, link, asked, ask) => {
  const { worker } = desk
  const charging = await desk.untilTold(() => worker.chargingOf(link.seat.ref, ask.evse))
  const accepted = isWithinLimits(ask.schedule, ask, charging)
  desk.note(link, asked, { ...ask.told, data: { ...ask.told.data, accepted } }, () => {
    desk.answer(link, asked, 'vehicleSchedule', { accepted })
    if (!accepted) void schedule(worker, link.seat.ref, ask.evse)
  })
}
