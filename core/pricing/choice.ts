import { type Assignment, type Counting, driversKey, empOf, placeKey, type VersionInTime } from './assignment.ts'
import type { TariffType } from './tariff.ts'

/** What is known of a session when its tariff is chosen. */
export interface Where {
  readonly chargePoint: string
  readonly evse: number
  readonly connector: number
  readonly station?: string
  readonly site?: string
  /** All the names that its contract and its EMP have. */
  readonly contracts: readonly string[]
  readonly emps: readonly string[]
  readonly group?: string
  /** Without a contract, and without a token that is registered. */
  readonly isAdHoc: boolean
  /** What the driver has asked for. */
  readonly preference?: Preference
}

export const preferences = ['CHEAP', 'FAST', 'GREEN'] as const
export type Preference = (typeof preferences)[number]

/** An assignment with every version of its tariff. */
export interface Offer extends Assignment, Counting {
  readonly versions: readonly VersionInTime[]
}

export interface Chosen {
  readonly assignment: string
  readonly tariff: string
  readonly version: number
}

/** What assignments a session may come under are looked for by, the most specific first. */
export const driversKeys = ({ contracts, emps, group, isAdHoc }: Where): readonly string[] => [
  ...new Set([
    ...contracts.map((contract) => driversKey({ kind: 'contract', contract })),
    ...[...emps, ...contracts.flatMap((contract) => empOf(contract) ?? [])].map((emp) =>
      driversKey({ kind: 'emp', emp }),
    ),
    ...(group === undefined ? [] : [driversKey({ kind: 'tokenGroup', group })]),
    ...(isAdHoc ? [driversKey({ kind: 'adHoc' })] : []),
    driversKey({ kind: 'everyone' }),
  ]),
]

export const placeKeys = ({ chargePoint, evse, connector, station, site }: Where): readonly string[] => [
  placeKey({ kind: 'connector', chargePoint, evse, connector }),
  placeKey({ kind: 'evse', chargePoint, evse }),
  placeKey({ kind: 'chargePoint', chargePoint }),
  ...(station === undefined ? [] : [placeKey({ kind: 'station', station })]),
  ...(site === undefined ? [] : [placeKey({ kind: 'site', site })]),
  placeKey({ kind: 'everywhere' }),
]

/** The version of a tariff that is in force: of those that say so of themselves the newest. */
export const versionAt = (versions: readonly VersionInTime[], at: number): VersionInTime | undefined =>
  versions
    .filter(({ since, endedAt, startsAt, endsAt }) => isWithin(at, [since, startsAt], [endedAt, endsAt]))
    .reduce<VersionInTime | undefined>((newest, v) => (v.version > (newest?.version ?? 0) ? v : newest), undefined)

type Bounds = readonly (number | undefined)[]
const isWithin = (at: number, from: Bounds, until: Bounds): boolean =>
  from.every((bound) => at >= (bound ?? -Infinity)) && until.every((bound) => at < (bound ?? Infinity))

/**
 * The tariff of a session that begins at `at` (handbook/roaming.md §4.1 rule 12). Of the assignments that are for it and
 * whose tariff is in force then and of a type for it, the one whose drivers are most specific: contract, EMP, token
 * group or ad hoc, everyone; among these the one whose place is: connector, EVSE, charge point, station, site,
 * everywhere; then the one whose tariff is of the very type rather than of any; then the one that began last. The order
 * in which they come is nothing.
 */
export const chooseTariff = (offers: readonly Offer[], where: Where, at: number): Chosen | undefined => {
  const [drivers, places, types] = [driversKeys(where), placeKeys(where), typesFor(where)]
  const fitting = offers.flatMap((offer) => {
    if (!isWithin(at, [offer.since, offer.from], [offer.endedAt, offer.until])) return []
    const version = versionAt(offer.versions, at)
    if (version === undefined) return []
    const ranks = [
      drivers.indexOf(driversKey(offer.drivers)),
      places.indexOf(placeKey(offer.place)),
      types.indexOf(version.type),
    ]
    return ranks.includes(-1) ? [] : [{ offer, version, ranks }]
  })
  const [best] = fitting.sort(
    (a, b) =>
      compared(a.ranks, b.ranks) ||
      begunAt(b.offer) - begunAt(a.offer) ||
      b.offer.since - a.offer.since ||
      (a.offer.id < b.offer.id ? -1 : 1),
  )
  return best && { assignment: best.offer.id, tariff: best.offer.tariff, version: best.version.version }
}

const begunAt = ({ since, from = since }: Offer): number => Math.max(since, from)

const compared = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, rank, i) => sum || rank - (b[i] ?? 0), 0)

/** The types of tariffs that a session may have, the best first; undefined: those that are for every session. */
const typesFor = ({ isAdHoc, preference }: Where): readonly (TariffType | undefined)[] =>
  isAdHoc
    ? ['AD_HOC_PAYMENT', undefined]
    : [...(preference === undefined ? [] : [`PROFILE_${preference}` as const]), 'REGULAR', undefined]
