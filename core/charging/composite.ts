import { inForce, type RunningSession, type View } from './in-force.ts'
import { least, type Limits, lower, type Rate, rateOf, together } from './limits.ts'
import type { ChargingProfile, Phases, Purpose, RateUnit, Tenths } from './profile.ts'
import { combined, joined, type Steps } from './steps.ts'

export interface CompositePeriod {
  /** From the start of the schedule; it lasts until the next one starts. */
  readonly startMs: number
  /** Absent: no limit but the hardware's. */
  readonly limit?: Tenths
  /** For how many phases it is meant; only of AC, and only of a limit. */
  readonly phases?: Phases
}

/** What may be drawn, when all profiles are put together. Its periods ascend from 0, and no two neighbours are equal. */
export interface CompositeSchedule {
  /** ms since 1970 UTC. */
  readonly startsAt: number
  readonly durationMs: number
  readonly unit: RateUnit
  readonly periods: readonly CompositePeriod[]
}

/** What is known of a station's charging: what it was told, what it charges with, what runs on its EVSEs. */
export type Charging = Pick<CompositeQuestion, 'profiles' | 'supply' | 'session' | 'evses'>

/** Of a station of which nothing is known. */
export const noCharging: Charging = { profiles: [], supply: { kind: 'AC', volts: 230, phases: 3 } }

export interface CompositeQuestion extends View {
  readonly profiles: readonly ChargingProfile[]
  /** 0: the station as a whole. */
  readonly evse: number
  readonly unit: RateUnit
  /** For the station: all of its EVSEs; where none are named, only limits of the station count. */
  readonly evses?: readonly { readonly evse: number; readonly session?: RunningSession }[]
}

/**
 * The composite schedule of an EVSE from `from` on (OCPP 1.6 §3.13.3, 2.1 block K §3.6; handbook/ocpp.md §3.7). Of each
 * purpose the profile with the highest stack level leads, at every instant among those that have a period then; `tx`
 * stands in for `txDefault`; of what remains the lowest limit counts. An EVSE without a session is answered for as if one
 * began there without a profile of its own (2.1 K08.FR.06).
 *
 * Of EVSE 0 it is what the station as a whole may draw (1.6 errata 3.30): the sum of its EVSEs, no more than the limits
 * of the station. All EVSEs count, idle ones too, as somebody may plug in at any time; so it is never less than what the
 * station will draw, and none where one of them has no limit and the station has none. A limit of the station is converted
 * as if its load were spread evenly over the phases that it names.
 *
 * It costs about the number of period starts in the window, times a logarithm; keep the window within weeks.
 */
export const compositeSchedule = (question: CompositeQuestion): CompositeSchedule => {
  const { evse, from, durationMs, unit, supply } = question
  const rates = evse === 0 ? ofStation(question) : ofEvse(question)
  const periods = rates.map(({ at, value }) => ({
    startMs: at,
    ...(isLimit(value) && { limit: value.limit }),
    ...(isLimit(value) && supply.kind === 'AC' && { phases: value.phases }),
  }))
  return { startsAt: from, durationMs, unit, periods: tidied(periods) }
}

/** A profile of 2.1 may lead and say nothing of how much: Infinity is no limit. */
const isLimit = (rate: Rate | undefined): rate is Rate => rate !== undefined && rate.limit < Infinity

/** Periods in the order of their start, without those that last no time and those that change nothing. */
export const tidied = (periods: readonly CompositePeriod[]): readonly CompositePeriod[] => {
  const tidy: CompositePeriod[] = []
  for (const period of periods) {
    if (tidy.at(-1)?.startMs === period.startMs) tidy.pop()
    const last = tidy.at(-1)
    if (last === undefined || last.limit !== period.limit || last.phases !== period.phases) tidy.push(period)
  }
  return tidy
}

type Restrictions = Steps<Limits | undefined>

/**
 * The leading limits of one purpose. Two of the same level should not be (1.6 §3.13.2, 2.x K01.FR.06); where they are,
 * both are kept, as nobody knows which of them the station follows.
 */
const stacked = (profiles: readonly ChargingProfile[], view: View): Restrictions => {
  const levels = [...Map.groupBy(profiles, (profile) => profile.stackLevel)].sort(([a], [b]) => b - a)
  const leading = levels.map(([, same]) =>
    joined(
      same.map((profile) => inForce(profile, view)),
      least,
    ),
  )
  return joined(leading, instead)
}

/** The first, and where it has none the second. */
const instead = (a: Limits | undefined, b: Limits | undefined): Limits | undefined => a ?? b

const of =
  (purpose: Purpose, ...evses: readonly number[]) =>
  (profile: ChargingProfile): boolean =>
    profile.purpose === purpose && evses.includes(profile.evse)

/** One for EVSE 0 counts on every EVSE, but where that has its own of the level: there it is replaced (1.6 §3.13.1). */
const defaultsOf = (profiles: readonly ChargingProfile[], evse: number): readonly ChargingProfile[] => {
  const own = profiles.filter(of('txDefault', evse))
  const levels = new Set(own.map((profile) => profile.stackLevel))
  return [...own, ...profiles.filter(of('txDefault', 0)).filter((profile) => !levels.has(profile.stackLevel))]
}

/** Those of the session that runs; where an id is not known, it is taken for the same. */
const sessionsOwn = ({ profiles, evse, session }: CompositeQuestion): readonly ChargingProfile[] =>
  session === undefined
    ? []
    : profiles
        .filter(of('tx', evse))
        .filter(
          ({ transaction }) =>
            transaction === undefined || session.transaction === undefined || transaction === session.transaction,
        )

/** Limits that all EVSEs share. Those from outside are ranked among themselves: no level of a limit of one EVSE lifts them. */
const sharedIn = (profiles: readonly ChargingProfile[], view: View): Restrictions => {
  const max = profiles.filter((profile) => profile.purpose === 'stationMax')
  return combined(stacked(max, view), stacked(profiles.filter(of('external', 0)), view), least)
}

const ofEvse = (question: CompositeQuestion): Steps<Rate | undefined> => {
  const { profiles, evse, session, unit, supply } = question
  const prior = session?.hasPriority === true ? profiles.filter(of('priority', 0, evse)) : []
  const ofSession = [prior, sessionsOwn(question), defaultsOf(profiles, evse)].map((some) => stacked(some, question))
  const external = stacked(profiles.filter(of('external', evse)), question)
  const restrictions = joined([sharedIn(profiles, question), external, joined(ofSession, instead)], least)
  const generated = stacked(profiles.filter(of('localGeneration', 0, evse)), question)
  return combined(restrictions, generated, (limits, more) =>
    raised(limits && rateOf(limits, unit, supply), more, question),
  )
}

const ofStation = (question: CompositeQuestion): Steps<Rate | undefined> => {
  const { profiles, evses = [], from, durationMs, supply, unit } = question
  const view: View = { from, durationMs, supply }
  const drawn = profiles.filter((profile) => profile.purpose !== 'localGeneration')
  const each = evses.map((one) => ofEvse({ ...view, unit, profiles: drawn, ...one }))
  const total = combined(sharedIn(profiles, view), joined(each, together), (limits, sum) =>
    lower(limits && rateOf(limits, unit, supply), sum),
  )
  // generation of the station and that of each EVSE is there once, however many EVSEs could use it (2.1 K04.FR.05)
  const generated = [{ evse: 0 }, ...evses].map((one) =>
    stacked(profiles.filter(of('localGeneration', one.evse)), { ...view, ...one }),
  )
  return generated.reduce((rates, some) => combined(rates, some, (rate, more) => raised(rate, more, question)), total)
}

const isBounded = ({ watts, amperes }: Limits): boolean => Math.min(watts, amperes) < Infinity

/** What is generated on the spot comes on top, on the phases that are used anyway (2.1 K08.FR.04). No limit stays none. */
const raised = (
  rate: Rate | undefined,
  generated: Limits | undefined,
  { unit, supply }: Pick<CompositeQuestion, 'unit' | 'supply'>,
): Rate | undefined =>
  rate && generated && isBounded(generated)
    ? { ...rate, limit: rate.limit + rateOf({ ...generated, phases: rate.phases }, unit, supply).limit }
    : rate
