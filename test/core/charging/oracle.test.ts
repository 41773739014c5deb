import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compositeSchedule, type CompositeSchedule } from '../../../core/charging/composite.ts'
import type { RunningSession } from '../../../core/charging/in-force.ts'
import { install } from '../../../core/charging/installed.ts'
import type { Supply } from '../../../core/charging/limits.ts'
import type { ChargingProfile, Purpose, RateUnit } from '../../../core/charging/profile.ts'
import { day, hour, noon, second, someProfile, someSession, someSupply } from './profiles.ts'

/** The rules of handbook/ocpp.md §3.7 for a single instant, as slowly and plainly as they are written there. */

interface Limit {
  readonly unit: RateUnit
  readonly limit: number
  readonly phases: number
}

interface World {
  readonly profiles: readonly ChargingProfile[]
  readonly evse: number
  readonly session?: RunningSession
  readonly supply: Supply
}

const limitAt = (profile: ChargingProfile, t: number, { session, supply }: World): Limit | undefined => {
  const schedule = profile.schedules[0]
  if (schedule === undefined) return undefined
  if (profile.validFrom !== undefined && t < profile.validFrom) return undefined
  if (profile.validTo !== undefined && t >= profile.validTo) return undefined
  let start = profile.kind === 'relative' ? session?.startedAt : schedule.startsAt
  if (start === undefined || t < start) return undefined
  if (profile.kind === 'daily') while (start + day <= t) start += day
  if (profile.kind === 'weekly') while (start + 7 * day <= t) start += 7 * day
  const since = t - start
  if (schedule.durationMs !== undefined && since >= schedule.durationMs) return undefined
  const period = schedule.periods.findLast((p) => p.startMs <= since)
  if (period === undefined) return undefined
  const phases = supply.kind === 'DC' ? 1 : Math.min(period.phases ?? 3, supply.phases)
  return { unit: schedule.unit, limit: period.limit ?? Infinity, phases }
}

/** Limits that apply at an instant: of each purpose that counts, that of its highest level. */
const applicableAt = (world: World, t: number): readonly Limit[] => {
  const { profiles, evse, session } = world
  const leading = (candidates: readonly ChargingProfile[]): Limit | undefined =>
    candidates
      .toSorted((a, b) => b.stackLevel - a.stackLevel)
      .map((p) => limitAt(p, t, world))
      .find((limit) => limit !== undefined)
  const of = (purpose: Purpose, at: number) => profiles.filter((p) => p.purpose === purpose && p.evse === at)
  const defaults = of('txDefault', evse)
  const general = of('txDefault', 0).filter((g) => defaults.every((own) => own.stackLevel !== g.stackLevel))
  const own = of('tx', evse).filter(
    (p) => session?.transaction === undefined || p.transaction === undefined || p.transaction === session.transaction,
  )
  const ofSession =
    (session?.hasPriority === true ? leading(of('priority', evse)) : undefined) ??
    (session === undefined ? undefined : leading(own)) ??
    leading([...defaults, ...general])
  return [leading(of('stationMax', 0)), leading(of('external', 0)), leading(of('external', evse)), ofSession].filter(
    (limit) => limit !== undefined,
  )
}

const resultAt = ({ startsAt, periods }: CompositeSchedule, t: number) =>
  periods.findLast((p) => startsAt + p.startMs <= t)

const worlds = fc.record({
  all: fc.array(someProfile('stationMax', 'txDefault', 'tx', 'priority', 'external'), { maxLength: 12 }),
  session: someSession,
  supply: someSupply,
  unit: fc.constantFrom<RateUnit>('A', 'W'),
  from: fc.integer({ min: noon - hour, max: noon + hour }),
  durationMs: fc.integer({ min: 1, max: 3 * 24 * 3_600 }).map((s) => s * second),
  shares: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 20, maxLength: 20 }),
})

type Given = typeof worlds extends fc.Arbitrary<infer Given> ? Given : never

/** Priority profiles are kept to the EVSE: which of two levels of EVSE 0 and 1 leads is shown in examples. */
const composed = ({ all, session, supply, unit, from, durationMs, shares }: Given) => {
  const profiles = all
    .map((p) => (p.purpose === 'priority' ? { ...p, evse: 1 } : p))
    .reduce<readonly ChargingProfile[]>(install, [])
  const world: World = { profiles, evse: 1, supply, ...(session && { session }) }
  const schedule = compositeSchedule({ ...world, from, durationMs, unit })
  // random instants, and those around which something could be off by one
  const edges = [...profiles.flatMap((p) => edgesOf(p, session)), ...schedule.periods.map((p) => from + p.startMs)]
  const instants = [
    ...shares.map((share) => from + Math.floor(share * durationMs)),
    ...edges.flatMap((t) => [t - 1, t]),
  ].filter((t) => t >= from && t < from + durationMs)
  return { schedule, instants, world }
}

const rounds: Readonly<Partial<Record<ChargingProfile['kind'], readonly number[]>>> = {
  daily: [0, 1, 2, 3, 4, 5, 6],
  weekly: [0, 7],
}

/** Every instant at which a profile may change what it allows. */
const edgesOf = (profile: ChargingProfile, session: RunningSession | undefined): readonly number[] => {
  const { validFrom, validTo, kind, schedules } = profile
  const starts = schedules.flatMap(({ startsAt, durationMs = 0, periods }) => {
    const start = kind === 'relative' ? session?.startedAt : startsAt
    if (start === undefined) return []
    const changes = [durationMs, ...periods.map((period) => period.startMs)]
    return (rounds[kind] ?? [0]).flatMap((days) => changes.map((ms) => start + days * day + ms))
  })
  return [validFrom, validTo, ...starts].filter((t) => t !== undefined)
}

describe('a composite schedule of any profiles', () => {
  it('is never above any limit that applies, at no instant', () => {
    fc.assert(
      fc.property(worlds, (given) => {
        const { schedule, instants, world } = composed(given)
        const offences = instants.flatMap((t) => {
          const { limit = Infinity, phases = 1 } = resultAt(schedule, t)!
          const perAmpere = world.supply.volts * phases
          // as power where the limit is one of power, as current of a phase where it is one of current
          const drawn = (unit: RateUnit) =>
            unit === schedule.unit ? limit : unit === 'W' ? limit * perAmpere : limit / perAmpere
          return applicableAt(world, t)
            .filter((one) => phases > one.phases || drawn(one.unit) > one.limit)
            .map((one) => ({ t, limit, phases, one }))
        })
        expect(offences).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('is never lower than the lowest of them, but for the tenth that rounding takes', () => {
    fc.assert(
      fc.property(worlds, (given) => {
        const { schedule, instants, world } = composed(given)
        const offences = instants.flatMap((t) => {
          const applicable = applicableAt(world, t)
          const perAmpere = world.supply.volts * Math.min(...applicable.map((one) => one.phases))
          const lowest = Math.min(
            ...applicable.map(({ unit, limit }) =>
              unit === schedule.unit ? limit : unit === 'W' ? limit / perAmpere : limit * perAmpere,
            ),
          )
          const { limit } = resultAt(schedule, t)!
          const isLow = applicable.length === 0 ? limit !== undefined : !(limit !== undefined && limit > lowest - 1)
          return isLow ? [{ t, limit, lowest }] : []
        })
        expect(offences).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('has periods that ascend from 0 within the time looked at, and no two equal neighbours', () => {
    fc.assert(
      fc.property(worlds, (given) => {
        const { schedule } = composed(given)
        const { periods } = schedule
        expect(periods[0]?.startMs).toBe(0)
        for (const [i, period] of periods.entries()) {
          expect(period.startMs).toBeLessThan(schedule.durationMs)
          const next = periods[i + 1]
          if (next === undefined) continue
          expect(next.startMs).toBeGreaterThan(period.startMs)
          expect([next.limit, next.phases]).not.toEqual([period.limit, period.phases])
        }
      }),
    )
  })

  it('does not depend on the order in which profiles were sent', () => {
    fc.assert(
      fc.property(worlds, (given) => {
        const { schedule, world } = composed(given)
        const { from, durationMs, unit } = given
        const profiles = world.profiles.toReversed()
        expect(compositeSchedule({ ...world, from, durationMs, unit, profiles })).toEqual(schedule)
      }),
    )
  })

  it('of a part of the time is that part of the whole', () => {
    fc.assert(
      fc.property(worlds, fc.nat(3 * 24 * 3_600), (given, offset) => {
        const later = { ...given, from: given.from + offset * second }
        const whole = composed({ ...given, durationMs: given.durationMs + offset * second })
        const part = composed(later)
        const offences = part.instants.filter((t) => {
          const [a, b] = [resultAt(whole.schedule, t), resultAt(part.schedule, t)]
          return a?.limit !== b?.limit || a?.phases !== b?.phases
        })
        expect(offences).toEqual([])
      }),
    )
  })

  it('of the station is the sum of its EVSEs, no more than the limits of the station, in the unit of all', () => {
    const some = fc.array(someProfile('stationMax', 'txDefault', 'tx', 'external'), { maxLength: 12 })
    fc.assert(
      fc.property(
        some,
        someSession,
        someSession,
        worlds,
        (all, one, two, { unit, supply, from, durationMs, shares }) => {
          const question = {
            profiles: all.reduce<readonly ChargingProfile[]>(install, []),
            from,
            durationMs,
            unit,
            supply,
          }
          const evses = [
            { evse: 1, ...(one && { session: one }) },
            { evse: 2, ...(two && { session: two }) },
          ]
          const station = compositeSchedule({ ...question, evse: 0, evses })
          const shared = compositeSchedule({ ...question, evse: 0 })
          const each = evses.map((evse) => compositeSchedule({ ...question, ...evse }))
          for (const share of shares) {
            const t = from + Math.floor(share * durationMs)
            const at = (schedule: CompositeSchedule) => resultAt(schedule, t)?.limit ?? Infinity
            expect(at(station)).toBe(
              Math.min(
                at(shared),
                each.reduce((sum, schedule) => sum + at(schedule), 0),
              ),
            )
          }
        },
      ),
    )
  })
})
