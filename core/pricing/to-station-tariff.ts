import { type Decimal, millionths, withDigits } from '../domain/decimal.ts'
import { type StationTariff, type TariffConditions, tariffFault, type TariffPart } from '../domain/station-tariff.ts'
import { formatInstant } from '../domain/instant.ts'
import type { PriceComponent, PriceLimit, Restrictions, Tariff } from './tariff.ts'

/** A tariff as a station can compute with it, or why none can: it would show another cost than the one that is billed. */
export type ToStation = { readonly tariff: StationTariff } | { readonly impossible: readonly string[] }

type PartName = 'energy' | 'chargingTime' | 'idleTime' | 'reservationTime' | 'fixedFee' | 'reservationFixed'

interface Priced {
  readonly part: PartName
  readonly component: PriceComponent
  readonly restrictions: Restrictions
}

/**
 * Our tariff in the shape of OCPP 2.1 (part 2 I07, I08). Its name there is that of its version: another content has another
 * name. What 2.1 has no word for is a reason that it cannot be sent; all of them are named.
 */
export const toStationTariff = (tariff: Tariff): ToStation => {
  const priced = tariff.elements.flatMap(({ components, restrictions = {} }) =>
    components
      // of one element the first price of a dimension counts
      .filter(({ dimension }, i) => components.findIndex((one) => one.dimension === dimension) === i)
      .flatMap((component): readonly Priced[] => {
        const part = partOf(component, restrictions)
        return part === undefined ? [] : [{ part, component, restrictions }]
      }),
  )
  const impossible = [
    ...(tariff.endsAt === undefined
      ? []
      : [`it ends at ${formatInstant(tariff.endsAt)}, and a station would go on with it`]),
    ...priced.flatMap((one) => faultsOf(one, tariff)),
    ...partNames.flatMap((name) => taxFault(name, priced)),
  ]
  const made = stationTariff(tariff, priced)
  const fault = tariffFault(made)
  const all = fault === undefined ? impossible : [...impossible, fault]
  return all.length > 0 ? { impossible: [...new Set(all)] } : { tariff: made }
}

const partNames: readonly PartName[] = [
  'energy',
  'chargingTime',
  'idleTime',
  'reservationTime',
  'fixedFee',
  'reservationFixed',
]

/** Undefined where it prices nothing: a reservation has neither energy nor parking. */
const partOf = ({ dimension }: PriceComponent, { reservation }: Restrictions): PartName | undefined => {
  if (dimension === 'FLAT') return reservation === undefined ? 'fixedFee' : 'reservationFixed'
  if (dimension === 'TIME') return reservation === undefined ? 'chargingTime' : 'reservationTime'
  if (reservation !== undefined) return undefined
  return dimension === 'ENERGY' ? 'energy' : 'idleTime'
}

const isFixed = (part: PartName): boolean => part === 'fixedFee' || part === 'reservationFixed'

const faultsOf = ({ part, component, restrictions }: Priced, { taxIncluded }: Tariff): readonly string[] => {
  const { price, vat, stepSize } = component
  const { reservation, ...others } = restrictions
  return [
    ...(stepSize > 1 && !isFixed(part) ? [`${part}: steps of ${stepSize}`] : []),
    ...(!isFixed(part) && part !== 'energy' && perMinute(price) === undefined
      ? [`${part}: ${price} an hour is not exact by the minute`]
      : []),
    ...(taxIncluded === 'YES' && millionths(vat ?? '0') > 0n ? [`${part}: its tax is in its price`] : []),
    ...(reservation === 'RESERVATION_EXPIRES' ? [`${part}: another price where a reservation expires`] : []),
    // a station looks at the conditions of a fee when the session starts, we do as long as it lasts
    ...(isFixed(part) && Object.keys(others).length > 0 ? [`${part}: a fee under conditions`] : []),
  ]
}

/** Taxes are those of a part, whichever of its prices counts. */
const taxFault = (name: PartName, priced: readonly Priced[]): readonly string[] => {
  const rates = priced.filter(({ part }) => part === name).map(({ component: { vat } }) => vat && millionths(vat))
  return new Set(rates).size > 1 ? [`${name}: prices with different taxes`] : []
}

/** A sixtieth, where that is a decimal. */
const perMinute = (price: Decimal): Decimal | undefined => {
  const units = millionths(price)
  return units % 60n === 0n ? withDigits(units / 60n, 6).replace(/\.?0+$/, '') : undefined
}

const stationTariff = (tariff: Tariff, priced: readonly Priced[]): StationTariff => {
  const { id, version, currency, startsAt, texts = [], minPrice, maxPrice } = tariff
  return {
    id: `${id}.${version}`,
    currency,
    ...(startsAt !== undefined && { validFrom: formatInstant(startsAt) }),
    ...(texts.length > 0 && { description: texts.slice(0, mostTexts) }),
    ...Object.fromEntries(
      partNames.flatMap((name) => {
        const of = priced.filter(({ part }) => part === name)
        return of.length === 0 ? [] : [[name, partFor(of, tariff)]]
      }),
    ),
    ...(minPrice !== undefined && { minCost: boundOf(minPrice) }),
    ...(maxPrice !== undefined && { maxCost: boundOf(maxPrice) }),
  }
}

const mostTexts = 10

const partFor = (of: readonly Priced[], { taxIncluded }: Tariff): TariffPart => {
  const vat = taxIncluded === 'NO' ? of[0]?.component.vat : undefined
  return {
    prices: of.map(({ part, component: { price }, restrictions }) => {
      const conditions = conditionsOf(restrictions)
      const isByTime = part !== 'energy' && !isFixed(part)
      return {
        price: isByTime ? (perMinute(price) ?? price) : price,
        ...(Object.keys(conditions).length > 0 && { conditions }),
      }
    }),
    ...(vat !== undefined && { taxes: [{ type: 'VAT', tax: vat }] }),
  }
}

const boundOf = ({ beforeTaxes, afterTaxes }: PriceLimit) => ({
  ...(beforeTaxes !== undefined && { exclTax: beforeTaxes }),
  ...(afterTaxes !== undefined && { inclTax: afterTaxes }),
})

const conditionsOf = (of: Restrictions): TariffConditions => {
  // what is the whole day here is no time at all there
  const isWholeDay = of.startTime === of.endTime || (of.startTime === undefined && of.endTime === '00:00')
  const { startTime, endTime }: Restrictions = isWholeDay ? {} : of
  const { startDate, endDate, daysOfWeek = [], minCurrent, maxCurrent, minDuration, maxDuration } = of
  return {
    ...(startTime !== undefined && { startTimeOfDay: startTime }),
    ...(endTime !== undefined && { endTimeOfDay: endTime }),
    ...(startDate !== undefined && { validFromDate: startDate }),
    ...(endDate !== undefined && { validToDate: endDate }),
    ...(daysOfWeek.length > 0 && { dayOfWeek: daysOfWeek.map((name) => stationDays[name]) }),
    ...numbers({ minEnergy: thousandfold(of.minKwh), maxEnergy: thousandfold(of.maxKwh) }),
    ...numbers({ minPower: thousandfold(of.minPower), maxPower: thousandfold(of.maxPower) }),
    ...numbers({ minCurrent: exactly(minCurrent), maxCurrent: exactly(maxCurrent) }),
    ...numbers({ minTime: minDuration, maxTime: maxDuration }),
  }
}

const stationDays = {
  MONDAY: 'Monday',
  TUESDAY: 'Tuesday',
  WEDNESDAY: 'Wednesday',
  THURSDAY: 'Thursday',
  FRIDAY: 'Friday',
  SATURDAY: 'Saturday',
  SUNDAY: 'Sunday',
} as const

/** kWh as Wh, kW as W. */
const thousandfold = (decimal: Decimal | undefined): number | undefined =>
  decimal === undefined ? undefined : Number(withDigits(millionths(decimal), 3))
const exactly = (decimal: Decimal | undefined): number | undefined =>
  decimal === undefined ? undefined : Number(decimal)

const numbers = (fields: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
