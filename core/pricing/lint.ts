import { millionths } from '../domain/decimal.ts'
import { type Course, coverageOf, type Gap } from './coverage.ts'
import { type Dimension, dimensions, type PriceComponent, type Restrictions, type Tariff } from './tariff.ts'
import { isOvernight, weekText, wholeWeek } from './week.ts'

/** What is odd about a tariff that is otherwise right: it prices as it says, but maybe not as was meant. */
export interface Finding {
  readonly rule: LintRule
  /** Where, from 0; absent = the tariff as a whole. */
  readonly element?: number
  readonly component?: number
  readonly detail: string
}

export const lintRules = {
  unreachable: 'a price that never counts, because earlier elements always come first',
  neverHolds: 'conditions that no session ever meets',
  gap: 'what has a price at times, and at times none',
  overlap: 'two elements that hold at the same time, and neither is a part of the other',
  stepOfTime: 'time that is billed in steps of no whole minute',
  vatAtTimes: 'a rate of tax at some prices, and none at others',
  vatFraction: 'a rate of tax below 1 per cent',
  priceInCents: 'a price of energy that is too high for its currency',
  maxBelowFlat: 'a highest price below a fee that is due once',
  nightOfDays: 'a time that goes on after midnight, on some days only',
  unseen: 'more conditions than can be looked at: gaps and overlaps are not known',
} as const
export type LintRule = keyof typeof lintRules

/** Prices in the order of their dimensions and elements, each with its place. */
interface Placed extends PriceComponent {
  readonly element: number
  readonly place: number
  readonly restrictions: Restrictions
}

/** More nobody reads. */
const most = 100

/** Looks a tariff over; it never refuses one. */
export const lint = (tariff: Tariff): readonly Finding[] => {
  const placed = tariff.elements.flatMap(({ components, restrictions = {} }, element) =>
    components.map((component, place) => ({ ...component, element, place, restrictions })),
  )
  return [
    ...dimensions.flatMap((dimension) =>
      contexts.flatMap((reservation) =>
        coverageFindings(
          dimension,
          placed.filter((p) => p.dimension === dimension && p.restrictions.reservation === reservation),
        ),
      ),
    ),
    ...placed.flatMap((component) => componentFindings(tariff, component)),
    ...vatFindings(placed),
    ...tariff.elements.flatMap(({ restrictions }, element) => nightFindings(element, restrictions)),
  ].slice(0, most)
}

/** Elements of one context never come before those of another. */
const contexts = [undefined, 'RESERVATION', 'RESERVATION_EXPIRES'] as const

const courseOf = (dimension: Dimension, reservation: Restrictions['reservation']): Course =>
  reservation !== undefined ? 'reserved' : dimension === 'PARKING_TIME' ? 'parking' : 'charging'

const coverageFindings = (dimension: Dimension, placed: readonly Placed[]): readonly Finding[] => {
  const [first] = placed
  if (first === undefined) return []
  const reservation = first.restrictions.reservation
  const coverage = coverageOf(
    placed.map(({ restrictions }) => restrictions),
    courseOf(dimension, reservation),
  )
  if (coverage === undefined) return [{ rule: 'unseen', detail: `${dimension}: ${lintRules.unseen}` }]
  const { holds, counts, overlaps, gaps } = coverage
  const hidden = placed.flatMap((own, i): Finding[] => {
    if (holds[i] === false) return [{ ...at(own), rule: 'neverHolds', detail: `${dimension}: ${lintRules.neverHolds}` }]
    if (counts[i] === true) return []
    return [{ ...at(own), rule: 'unreachable', detail: `${dimension} is always priced by an element before this one` }]
  })
  const crossing = overlaps.flatMap(({ earlier, later, times }): Finding[] => {
    const [winner, own] = [placed[earlier], placed[later]]
    if (winner === undefined || own === undefined) return []
    const detail = `${dimension} is priced by element ${winner.element} where both hold: ${weekText(times)}`
    return [{ ...at(own), rule: 'overlap', detail }]
  })
  // a fee at times, and a reservation that costs nothing, are what is meant
  const isGapOdd = dimension !== 'FLAT' && reservation === undefined
  return [...hidden, ...crossing, ...(isGapOdd ? gaps.map((gap) => gapFinding(dimension, gap)) : [])]
}

const at = ({ element, place }: Placed): Pick<Finding, 'element' | 'component'> => ({ element, component: place })

const gapFinding = (dimension: Dimension, { times, where }: Gap): Finding => {
  const isAlways = times.length === 1 && times[0]?.join() === wholeWeek[0]?.join()
  const when = isAlways ? [] : [weekText(times)]
  return { rule: 'gap', detail: `${dimension} is free ${[...when, ...where].join(', ')}` }
}

/** What a kWh costs nowhere, in some currencies: whoever asks so much has written cents. */
const tooMuch: Readonly<Record<string, bigint>> = {
  ...Object.fromEntries(['EUR', 'USD', 'GBP', 'CHF', 'CAD', 'AUD', 'NZD', 'SGD'].map((currency) => [currency, 10n])),
  ...Object.fromEntries(['DKK', 'NOK', 'SEK', 'PLN', 'RON', 'CZK'].map((currency) => [currency, 100n])),
}
const million = 1_000_000n

const componentFindings = (tariff: Tariff, own: Placed): readonly Finding[] => {
  const { dimension, price, vat, stepSize } = own
  const findings: Finding[] = []
  const isTime = dimension === 'TIME' || dimension === 'PARKING_TIME'
  if (isTime && stepSize > 1 && stepSize % 60 !== 0)
    findings.push({ ...at(own), rule: 'stepOfTime', detail: `steps of ${stepSize} s are no whole minutes` })
  if (vat !== undefined && millionths(vat) > 0n && millionths(vat) < million)
    findings.push({ ...at(own), rule: 'vatFraction', detail: `the rate is in per cent: ${vat} is less than one` })
  const limit = tooMuch[tariff.currency]
  if (dimension === 'ENERGY' && limit !== undefined && millionths(price) >= limit * million)
    findings.push({
      ...at(own),
      rule: 'priceInCents',
      detail: `${price} ${tariff.currency} for a kWh: are these cents?`,
    })
  const most = tariff.taxIncluded === 'YES' ? tariff.maxPrice?.afterTaxes : tariff.maxPrice?.beforeTaxes
  if (dimension === 'FLAT' && most !== undefined && millionths(most) < millionths(price))
    findings.push({
      ...at(own),
      rule: 'maxBelowFlat',
      detail: `the fee of ${price} is above the highest price, ${most}`,
    })
  return findings
}

const vatFindings = (placed: readonly Placed[]): readonly Finding[] =>
  placed.every(({ vat }) => vat === undefined)
    ? []
    : placed
        .filter(({ vat }) => vat === undefined)
        .map((own) => ({
          ...at(own),
          rule: 'vatAtTimes',
          detail: `${own.dimension} has no vat, and other prices have`,
        }))

const nightFindings = (element: number, restrictions: Restrictions = {}): readonly Finding[] => {
  const { daysOfWeek, startTime, endTime } = restrictions
  if (daysOfWeek === undefined || daysOfWeek.length === 7 || !isOvernight(restrictions)) return []
  const detail = `${startTime} to ${endTime} is the early morning and the late evening of the same days, not the nights that begin on them`
  return [{ rule: 'nightOfDays', element, detail }]
}
