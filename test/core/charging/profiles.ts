import fc from 'fast-check'
import type { RunningSession } from '../../../core/charging/in-force.ts'
import type { Supply } from '../../../core/charging/limits.ts'
import {
  type ChargingProfile,
  faultOf,
  type Phases,
  type Purpose,
  type Schedule,
  type SchedulePeriod,
} from '../../../core/charging/profile.ts'

export const noon = Date.UTC(2026, 10, 24, 12)
export const second = 1_000
export const hour = 3_600_000
export const day = 24 * hour

export const threePhases: Supply = { kind: 'AC', volts: 230, phases: 3 }
export const onePhase: Supply = { kind: 'AC', volts: 230, phases: 1 }
export const dc: Supply = { kind: 'DC', volts: 400, phases: 3 }

/** Pairs of hours and limit, in tenths. */
export const periods = (
  ...pairs: readonly (readonly [hours: number, limit: number, phases?: Phases])[]
): readonly SchedulePeriod[] =>
  pairs.map(([hours, limit, phases]) => ({ startMs: hours * hour, limit, ...(phases !== undefined && { phases }) }))

/** A default of every EVSE: from noon on 10 A, for ever. */
export const profile = (over: Partial<ChargingProfile> = {}, schedule: Partial<Schedule> = {}): ChargingProfile => ({
  id: 1,
  evse: 0,
  purpose: 'txDefault',
  stackLevel: 0,
  kind: 'absolute',
  ...over,
  schedules: over.schedules ?? [
    {
      unit: 'A',
      ...(over.kind !== 'relative' && over.kind !== 'dynamic' && { startsAt: noon }),
      periods: periods([0, 100]),
      ...schedule,
    },
  ],
})

const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const seconds = (least: number, greatest: number) => fc.integer({ min: least, max: greatest }).map((s) => s * second)
const someInstant = fc.integer({ min: noon - 3 * day, max: noon + 2 * day })
const somePhases = fc.constantFrom<Phases>(1, 2, 3)

const somePeriods = fc.uniqueArray(seconds(1, 200_000), { maxLength: 6 }).chain((starts) =>
  fc.tuple(
    ...[0, ...starts.toSorted((a, b) => a - b)].map((startMs) =>
      fc.record({ limit: fc.integer({ min: 0, max: 2_000 }), phases: optional(somePhases) }).map((p) => ({
        startMs,
        limit: p.limit,
        ...(p.phases !== undefined && { phases: p.phases }),
      })),
    ),
  ),
)

const draft = (purposes: readonly Purpose[]) =>
  fc.record({
    id: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    evse: fc.integer({ min: 0, max: 2 }),
    purpose: fc.constantFrom(...purposes),
    stackLevel: fc.integer({ min: 0, max: 4 }),
    kind: fc.constantFrom('absolute', 'daily', 'weekly', 'relative'),
    validFrom: optional(someInstant),
    validTo: optional(someInstant),
    transaction: optional(fc.constantFrom('17', '18')),
    unit: fc.constantFrom('A', 'W'),
    startsAt: someInstant,
    durationMs: optional(seconds(1, 200_000)),
    minRate: optional(fc.integer({ min: 0, max: 60 })),
    periods: somePeriods,
  })

/** Without the keys that have no value. */
const present = <Thing extends object>(thing: Thing) =>
  Object.fromEntries(Object.entries(thing).filter(([, value]) => value !== undefined))

/** Any profile that may be sent to a station, of one of these purposes; or that somebody else set there. */
export const someProfile = (...purposes: readonly Purpose[]): fc.Arbitrary<ChargingProfile> =>
  draft(purposes)
    .map(({ unit, startsAt, durationMs, minRate, periods: all, transaction, ...rest }) => {
      const { purpose } = rest
      const kind = purpose === 'stationMax' && rest.kind === 'relative' ? 'absolute' : rest.kind
      const schedule = {
        unit,
        startsAt: kind === 'relative' ? undefined : startsAt,
        durationMs: purpose === 'priority' ? undefined : durationMs,
        minRate,
        periods: all.map((period) => (unit === 'W' ? { ...period, limit: period.limit * 700 } : period)),
      }
      return present({
        ...rest,
        kind,
        evse: purpose === 'stationMax' ? 0 : purpose === 'tx' ? Math.max(1, rest.evse) : rest.evse,
        transaction: purpose === 'tx' ? transaction : undefined,
        schedules: [present(schedule)],
      }) as unknown as ChargingProfile
    })
    .filter((p) => p.purpose === 'external' || faultOf(p) === undefined)

export const someSession: fc.Arbitrary<RunningSession | undefined> = optional(
  fc
    .record({
      startedAt: someInstant,
      transaction: optional(fc.constant('17')),
      hasPriority: optional(fc.boolean()),
    })
    .map((session) => present(session) as unknown as RunningSession),
)
export const someSupply = fc.constantFrom(threePhases, onePhase, dc)
