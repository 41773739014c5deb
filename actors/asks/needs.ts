import { profileForNeeds } from '../../core/charging/needs.ts'
import type { ChargePointRef } from '../../core/domain/charge-point.ts'
import type { Worker } from '../worker.ts'
import type { Asker } from './desk.ts'

/**
 * What a vehicle needs: kept, answered, and where something follows from it a profile is ordered at once (2.x K15.FR.07:
 * within 60 seconds). Nobody can plan for a vehicle without a session.
 */
export const needs: Asker<'needs'> = async (desk, link, asked, { needs: wanted, told }) => {
  const { worker } = desk
  const charging = await desk.untilTold(() => worker.chargingOf(link.seat.ref, wanted.evse))
  const follows = profileForNeeds(wanted, charging, worker.clock.now())
  const status = charging.session === undefined ? 'rejected' : follows === undefined ? 'none' : 'accepted'
  const noted = { ...told, data: { ...told.data, answered: status } }
  desk.note(link, asked, noted, () => {
    desk.answer(link, asked, 'needs', { status })
    if (status === 'accepted') void schedule(worker, link.seat.ref, wanted.evse)
  })
}

/** One that is not sent yet will tell of what is known when it is: a second one has nothing to add. */
export const schedule = async (worker: Worker, ref: ChargePointRef, evse: number): Promise<void> => {
  const open = await worker.commands.open(ref, 'scheduleCharging').catch(() => [])
  const waits = open.some(
    ({ state, order }) => state === 'queued' && order.type === 'scheduleCharging' && order.evse === evse,
  )
  if (!waits) worker.orderFor(ref, { type: 'scheduleCharging', evse })
}
