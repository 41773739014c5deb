import { type ChargingProfile, rateNames, type Schedule } from './profile.ts'

/**
 * How a profile that a station has taken differs from what it reports that it holds: `missing`: not among all that it
 * holds; `different`: something else under its id; `foreign`: reported as ours, and never taken from us.
 */
export const drifts = ['missing', 'different', 'foreign'] as const
export type Drift = (typeof drifts)[number]

export interface Reported {
  readonly profile: ChargingProfile
  readonly at: number
}

/** What its last reports say of a profile that it took at `takenAt`; `wholeAt`: when it last reported all. */
export const driftOf = (
  ours: ChargingProfile,
  takenAt: number,
  reported: readonly Reported[],
  wholeAt: number | undefined,
): Exclude<Drift, 'foreign'> | undefined => {
  // what was reported before it was taken says nothing about it
  const since = reported.filter(({ profile, at }) => profile.id === ours.id && at >= takenAt)
  if (since.length === 0) return wholeAt !== undefined && wholeAt >= takenAt ? 'missing' : undefined
  return since.every(({ profile }) => isSame(profile, ours)) ? undefined : 'different'
}

/** The same to whoever follows it: stations drop fractions of seconds, and write out what is meant anyway. */
const isSame = (a: ChargingProfile, b: ChargingProfile): boolean =>
  JSON.stringify(essence(a)) === JSON.stringify(essence(b))

const second = (ms: number | undefined): number | null => (ms === undefined ? null : Math.floor(ms / 1_000))

const essence = ({
  kind,
  purpose,
  stackLevel,
  validFrom,
  validTo,
  transaction,
  schedules,
}: ChargingProfile): unknown => [
  kind,
  purpose,
  stackLevel,
  second(validFrom),
  second(validTo),
  transaction ?? null,
  // a dynamic one was updated when the station says so
  schedules.map((schedule) => essenceOf(schedule, kind !== 'dynamic')),
]

const essenceOf = ({ unit, startsAt, durationMs, minRate, periods }: Schedule, hasStart: boolean): unknown => [
  unit,
  hasStart ? second(startsAt) : null,
  durationMs ?? null,
  minRate ?? null,
  periods.map((period) => [
    period.startMs,
    period.phases ?? 3,
    period.phaseToUse ?? null,
    period.operationMode ?? null,
    ...rateNames.map((name) => period[name] ?? null),
  ]),
]
