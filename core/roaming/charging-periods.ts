import type { Priced, PricedPeriod, Span } from '../pricing/priced.ts'
import { dateTime } from './date-time.ts'
import type { CdrDimension, ChargingPeriod, DecimalText } from './model.ts'
import { amperes, hours, inSuccession, kilowattHours, kilowatts } from './volume.ts'

/**
 * What a session has used, with a period wherever a price changes (OCPI 2.3.0 mod_cdrs; handbook/roaming.md §4.1 rule 11).
 * A period begins on the whole second that the one before ends on, and no sum of volumes is rounded up. The energies add
 * up to what has flowed by then, because prices begin and end with amounts of it; the times add up by price, because each
 * is billed in whole steps.
 */
export const chargingPeriodsOf = ({
  tariff,
  periods,
}: Pick<Priced, 'tariff' | 'periods'>): readonly ChargingPeriod[] => {
  const energyOf = inSuccession(kilowattHours)
  const timeOf = timesByPrice()
  return periods.map((period) => {
    const energy: CdrDimension = { type: 'ENERGY', volume: energyOf(period.energyMwh) }
    const time: CdrDimension = { type: timeNames[period.kind], volume: timeOf(period) }
    return {
      start_date_time: dateTime(period.from),
      dimensions: [
        ...(period.kind === 'charging' || period.energyMwh !== 0 ? [energy] : []),
        time,
        ...(period.power === undefined ? [] : bounds('POWER', period.power, kilowatts)),
        ...(period.current === undefined ? [] : bounds('CURRENT', period.current, amperes)),
      ],
      tariff_id: tariff.id,
    }
  })
}

/** Whoever works a price out again that depends on what is drawn at once must know that. */
const bounds = (
  of: 'POWER' | 'CURRENT',
  { least, most }: Span,
  volumeOf: (value: number) => DecimalText,
): readonly CdrDimension[] => [
  { type: `MIN_${of}`, volume: volumeOf(least) },
  { type: `MAX_${of}`, volume: volumeOf(most) },
]

const timeNames = {
  charging: 'TIME',
  parking: 'PARKING_TIME',
  reserved: 'RESERVATION_TIME',
  reservationExpired: 'RESERVATION_TIME',
} as const

/** Of one kind under one price; what is free is one of its own. */
const timesByPrice = (): ((period: PricedPeriod) => DecimalText) => {
  const sums = new Map<string, (ms: number) => DecimalText>()
  return ({ kind, from, until, prices }) => {
    const price = prices.find(({ dimension }) => dimension === 'TIME' || dimension === 'PARKING_TIME')
    const key = `${kind} ${price === undefined ? 'free' : `${price.element}.${price.component}`}`
    const volumeOf = sums.get(key) ?? inSuccession(hours)
    sums.set(key, volumeOf)
    return volumeOf(until - from)
  }
}
