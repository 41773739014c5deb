import { isReservation } from '../pricing/cut.ts'
import { totalsOf } from '../pricing/price.ts'
import type { Priced, PricedPeriod } from '../pricing/priced.ts'
import type { Cdr, Price } from './model.ts'
import { priceObject, priceOfKind } from './price-object.ts'
import { hours, kilowattHours } from './volume.ts'

type Total = Extract<keyof Cdr, `total_${string}`>

/**
 * What a price adds up to, in the fields of a CDR (OCPI 2.3.0 mod_cdrs). The total is what is paid; the others are what it
 * is made of, before limits and rounding. The time is that of the session with its parking; a reservation before it has
 * only its cost.
 */
export const cdrTotalsOf = (priced: Priced): Pick<Cdr, Total> => {
  const { total, lines, periods } = priced
  const { fixed, energy, time, parking, reservation } = totalsOf(priced)
  const session = periods.filter((period) => !isReservation(period))
  return {
    total_cost: priceObject(total, lines),
    ...cost('total_fixed_cost', priceOfKind(priced, 'fixed', fixed)),
    total_energy: kilowattHours(session.reduce((mwh, { energyMwh }) => mwh + energyMwh, 0)),
    ...cost('total_energy_cost', priceOfKind(priced, 'energy', energy)),
    total_time: hours(durationOf(session)),
    ...cost('total_time_cost', priceOfKind(priced, 'time', time)),
    total_parking_time: hours(durationOf(session.filter(({ kind }) => kind === 'parking'))),
    ...cost('total_parking_cost', priceOfKind(priced, 'parking', parking)),
    ...cost('total_reservation_cost', priceOfKind(priced, 'reservation', reservation)),
  }
}

/** What nothing was billed for is not there. */
const cost = (name: Total, price: Price | undefined): Partial<Cdr> => (price === undefined ? {} : { [name]: price })

const durationOf = (periods: readonly PricedPeriod[]): number =>
  periods.reduce((ms, { from, until }) => ms + until - from, 0)
