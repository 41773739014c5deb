import { millionths } from '../domain/decimal.ts'
import { timeOfDay } from './local-time.ts'
import { type ComponentRef, type LineKind, lineKinds } from './priced.ts'
import { type Condition, conditionOf } from './restrictions.ts'
import type { Dimension, PriceComponent, Restrictions, Tariff, TariffElement } from './tariff.ts'
import type { StretchKind } from './usage.ts'

/** A price of a tariff, ready to be computed with. */
export interface PreparedComponent {
  readonly ref: ComponentRef
  readonly source: PriceComponent
  /** Its place among all of the tariff, as lines are in order: by what they are for. */
  readonly rank: number
  readonly kind: LineKind
  /** Millionths. */
  readonly price: bigint
  /** Millionths of a per cent; absent where there is no tax, or nobody knows of one. */
  readonly vat?: bigint
}

export interface Candidate {
  readonly component: PreparedComponent
  readonly holds?: Condition
}

/** Of each dimension that counts in a stretch of a kind, what may price it, in order. */
export interface Candidates {
  readonly flat: readonly Candidate[]
  readonly energy: readonly Candidate[]
  readonly time: readonly Candidate[]
}

/** Where a price of a tariff can change within a stretch. */
export interface Thresholds {
  /** ms of the day on the clock of the site; absent = no price depends on it. */
  readonly timesOfDay?: readonly number[]
  /** mWh, ascending, as are the ms. */
  readonly energiesMwh: readonly number[]
  readonly durationsMs: readonly number[]
}

export interface PreparedTariff {
  readonly components: readonly PreparedComponent[]
  readonly candidates: { readonly [Kind in StretchKind]: Candidates }
  readonly thresholds: Thresholds
  /** Whether a price depends on how much is drawn at once. */
  readonly dependsOn: { readonly power: boolean; readonly current: boolean }
  /** What a limit of the price is taxed with where nothing else was billed. */
  readonly highestVat: bigint
}

const prepared = new WeakMap<Tariff, PreparedTariff>()

/** A tariff made ready once: a version of one never changes. */
export const preparedTariff = (tariff: Tariff): PreparedTariff => {
  let ready = prepared.get(tariff)
  if (ready === undefined) prepared.set(tariff, (ready = prepare(tariff)))
  return ready
}

const prepare = (tariff: Tariff): PreparedTariff => {
  const components: PreparedComponent[] = []
  const all = tariff.elements.flatMap((element, place) => {
    const holds = conditionOf(element.restrictions ?? {})
    return element.components.map((source, number) => {
      const kind = kindOf(source.dimension, element)
      const component: PreparedComponent = {
        ref: { dimension: source.dimension, element: place, component: number },
        source,
        rank: lineKinds.indexOf(kind) * 1_000_000 + components.length,
        kind,
        price: millionths(source.price),
        ...(tariff.taxIncluded !== 'N/A' && source.vat !== undefined && { vat: millionths(source.vat) }),
      }
      components.push(component)
      const context = element.restrictions?.reservation
      return { component, context, ...(holds !== undefined && { holds }) }
    })
  })
  const of = (context: Restrictions['reservation'], dimension: Dimension): readonly Candidate[] =>
    all.filter((one) => one.context === context && one.component.ref.dimension === dimension)
  const ofReservation = (dimension: Dimension): readonly Candidate[] => of('RESERVATION', dimension)
  const [flat, energy] = [of(undefined, 'FLAT'), of(undefined, 'ENERGY')]
  return {
    components,
    candidates: {
      charging: { flat, energy, time: of(undefined, 'TIME') },
      parking: { flat, energy, time: of(undefined, 'PARKING_TIME') },
      reserved: { flat: ofReservation('FLAT'), energy: [], time: ofReservation('TIME') },
      // what is not priced for one that expires is priced as of any other (handbook/roaming.md §4.1 rule 9)
      reservationExpired: {
        flat: [...of('RESERVATION_EXPIRES', 'FLAT'), ...ofReservation('FLAT')],
        energy: [],
        time: [...of('RESERVATION_EXPIRES', 'TIME'), ...ofReservation('TIME')],
      },
    },
    thresholds: thresholdsOf(tariff.elements.map(({ restrictions = {} }) => restrictions)),
    dependsOn: {
      power: tariff.elements.some(
        ({ restrictions }) => (restrictions?.minPower ?? restrictions?.maxPower) !== undefined,
      ),
      current: tariff.elements.some(
        ({ restrictions }) => (restrictions?.minCurrent ?? restrictions?.maxCurrent) !== undefined,
      ),
    },
    highestVat: components.reduce((most, { vat = 0n }) => (vat > most ? vat : most), 0n),
  }
}

/** What is fixed belongs to the parking where its element prices nothing else, and to the reservation where that is its own. */
const kindOf = (dimension: Dimension, { components, restrictions }: TariffElement): LineKind => {
  if (restrictions?.reservation !== undefined) return 'reservation'
  if (dimension === 'ENERGY') return 'energy'
  if (dimension === 'TIME') return 'time'
  if (dimension === 'PARKING_TIME') return 'parking'
  const others = components.filter((one) => one.dimension !== 'FLAT')
  return others.length > 0 && others.every((one) => one.dimension === 'PARKING_TIME') ? 'parking' : 'fixed'
}

const thresholdsOf = (all: readonly Restrictions[]): Thresholds => {
  const times = all.flatMap(({ startTime, endTime }) => (startTime === endTime ? [] : [startTime, endTime]))
  const isOfDays = all.some(
    ({ startDate, endDate, daysOfWeek = [] }) => (startDate ?? endDate) !== undefined || daysOfWeek.length > 0,
  )
  // a time of day that is open at one end changes at midnight too
  const timesOfDay = times.length > 0 || isOfDays ? [0, ...times.map((time) => timeOfDay(time ?? '00:00'))] : undefined
  return {
    ...(timesOfDay !== undefined && { timesOfDay: ascending(timesOfDay) }),
    energiesMwh: ascending(
      all.flatMap(({ minKwh, maxKwh }) =>
        [minKwh, maxKwh].flatMap((kwh) => (kwh === undefined ? [] : Number(millionths(kwh)))),
      ),
    ),
    durationsMs: ascending(
      all.flatMap(({ minDuration, maxDuration }) =>
        [minDuration, maxDuration].flatMap((seconds) => (seconds === undefined ? [] : seconds * 1_000)),
      ),
    ),
  }
}

const ascending = (numbers: readonly number[]): readonly number[] => [...new Set(numbers)].sort((a, b) => a - b)
