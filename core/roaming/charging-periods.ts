import { isReservation } from '../pricing/cut.ts'
import type { Priced, PricedPeriod } from '../pricing/priced.ts'
import type { Dimension } from '../pricing/tariff.ts'
import { dateTime } from './date-time.ts'
import type { CdrDimension, ChargingPeriod, DecimalText } from './model.ts'
import { hours, inSuccession, kilowattHours } from './volume.ts'

/**
 * What a session has used, with a period wherever a price changes (OCPI 2.3.0 mod_cdrs; handbook/roaming.md §4.1 rule 11).
 * A period begins on the whole second that the one before ends on. The volumes that one price is asked of add up to their
 * floored sum, so that whoever works the price out again has the whole of what was billed, and never more.
 */
export const chargingPeriodsOf = ({
  tariff,
  periods,
}: Pick<Priced, 'tariff' | 'periods'>): readonly ChargingPeriod[] => {
  const energyOf = perPrice(kilowattHours, () => 'ENERGY')
  const timeOf = perPrice(hours, (period) => dimensionOf(period))
  return periods.map((period) => {
    const { kind, from, until, energyMwh } = period
    const energy: CdrDimension = { type: 'ENERGY', volume: energyOf(period, energyMwh) }
    const time: CdrDimension = { type: timeNames[kind], volume: timeOf(period, until - from) }
    const isDry = isReservation(period) || (kind === 'parking' && energyMwh === 0)
    return {
      start_date_time: dateTime(from),
      dimensions: isDry ? [time] : [energy, time],
      tariff_id: tariff.id,
    }
  })
}

const timeNames = {
  charging: 'TIME',
  parking: 'PARKING_TIME',
  reserved: 'RESERVATION_TIME',
  reservationExpired: 'RESERVATION_TIME',
} as const

/** What prices the time of a period in a tariff: a reservation has the prices of time. */
const dimensionOf = ({ kind }: PricedPeriod): Dimension => (kind === 'parking' ? 'PARKING_TIME' : 'TIME')

/** What is used of one price, floored in succession; of what is free, likewise. */
const perPrice = (
  of: (amount: number) => DecimalText,
  dimension: (period: PricedPeriod) => Dimension,
): ((period: PricedPeriod, amount: number) => DecimalText) => {
  const volumes = new Map<string, (amount: number) => DecimalText>()
  return (period, amount) => {
    const wanted = dimension(period)
    const price = period.prices.find((one) => one.dimension === wanted)
    const key = `${timeNames[period.kind]} ${price === undefined ? 'free' : `${price.element}.${price.component}`}`
    const volume = volumes.get(key) ?? inSuccession(of)
    volumes.set(key, volume)
    return volume(amount)
  }
}
