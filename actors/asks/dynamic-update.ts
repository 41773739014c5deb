import { rateNames } from '../../core/charging/profile.ts'
import type { Rates, SchedulePeriod } from '../../core/charging/profile.ts'
import type { Asker } from './desk.ts'

/** How much a dynamic profile allows now: what it was last given (2.1 K28). It decides nothing, and leaves only its frame. */
export const dynamicUpdate: Asker<'dynamicUpdate'> = async (desk, link, asked, { profile: id }) => {
  const { profiles } = await desk.untilTold(() => desk.worker.chargingOf(link.seat.ref, 0))
  const profile = profiles.find((one) => one.id === id && one.kind === 'dynamic')
  const [period] = profile?.schedules[0]?.periods ?? []
  desk.answer(link, asked, 'dynamicUpdate', period === undefined ? {} : { rates: ratesOf(period) })
}

const ratesOf = (period: SchedulePeriod): Rates =>
  Object.fromEntries(rateNames.flatMap((name) => (period[name] === undefined ? [] : [[name, period[name]]])))
