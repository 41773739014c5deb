import type { PricedPiece } from './pick.ts'
import type { PreparedComponent } from './prepared.ts'

/** What was used of a price, and how much of it is billed: mWh or ms, 1 of what is fixed. */
export interface Volume {
  readonly component: PreparedComponent
  readonly used: number
  readonly billed: number
}

/** What is rounded up to whole steps together. */
type Group = 'energy' | 'time' | 'parking' | 'reservation'

/** One step of a component: Wh and s are a thousand of what is counted in. */
const unit = 1_000

/**
 * The volumes of all prices, in the order of their lines, rounded up to whole steps once for the session
 * (OCPI mod_cdrs, `step_size`; handbook/roaming.md §4.1 rule 5): energy; parking time, or charging time where no parking is
 * priced; and the time of the reservation. The sum of all that is priced counts, the step is that of the price that was
 * asked last, and pays for the rest. What has the price 0 is priced; what no price is named for is not. A parking that
 * comes before the charging takes the step too. Nothing is rounded where in sum nothing was used, or more was given back.
 */
export const volumesOf = (pieces: readonly PricedPiece[]): readonly Volume[] => {
  const used = new Map<PreparedComponent, number>()
  const last = new Map<Group, PreparedComponent>()
  for (const { piece, flat, energy, time } of pieces) {
    const { stretch, from, until, energyMwh } = piece
    if (flat !== undefined) used.set(flat, 1)
    if (energy !== undefined && energyMwh !== 0) {
      used.set(energy, (used.get(energy) ?? 0) + energyMwh)
      last.set('energy', energy)
    }
    if (time !== undefined && until > from) {
      used.set(time, (used.get(time) ?? 0) + until - from)
      last.set(groupOf[stretch.kind], time)
    }
  }
  if (last.has('parking')) last.delete('time')
  const surplus = new Map<PreparedComponent, number>()
  for (const [group, component] of last) {
    const step = component.source.stepSize * unit
    const sum = sumOf(used, group)
    if (step > 0 && sum > 0 && sum % step !== 0) surplus.set(component, step - (sum % step))
  }
  return [...used]
    .map(([component, volume]) => ({ component, used: volume, billed: volume + (surplus.get(component) ?? 0) }))
    .sort((a, b) => a.component.rank - b.component.rank)
}

const groupOf = {
  charging: 'time',
  parking: 'parking',
  reserved: 'reservation',
  reservationExpired: 'reservation',
} as const

const sumOf = (used: ReadonlyMap<PreparedComponent, number>, group: Group): number => {
  let sum = 0
  for (const [{ kind, ref }, volume] of used) if (kind === group && ref.dimension !== 'FLAT') sum += volume
  return sum
}
