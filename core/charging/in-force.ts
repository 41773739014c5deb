import { type Limits, limitsOf, type Supply } from './limits.ts'
import type { ChargingProfile, Schedule } from './profile.ts'
import { constant, put, type Step, type Steps } from './steps.ts'

/** A session that is running at an EVSE, as far as limits depend on it. */
export interface RunningSession {
  /** When the EVSE was ready to deliver: relative schedules start here (2.1 K01.FR.42). */
  readonly startedAt: number
  /** Its id on the wire, where it is known. */
  readonly transaction?: string
  /** Priority charging was asked for and is in effect (2.1 K21). */
  readonly hasPriority?: boolean
}

/** The time that is looked at, with what it depends on. */
export interface View {
  readonly from: number
  readonly durationMs: number
  readonly supply: Supply
  readonly session?: RunningSession
}

const day = 86_400_000
const recurrence: Readonly<Partial<Record<ChargingProfile['kind'], number>>> = { daily: day, weekly: 7 * day }

/**
 * When a schedule starts, if ever. One that should say so and does not is read as relative (OCPP 1.6 §7.13); a dynamic
 * one that does not say when it was updated was updated just now (2.1 K28.FR.05).
 */
const startOf = ({ kind }: ChargingProfile, { startsAt }: Schedule, { from, session }: View): number | undefined => {
  if (kind === 'relative') return session?.startedAt
  return startsAt ?? (kind === 'dynamic' ? from : session?.startedAt)
}

/**
 * The limits of a profile over the time looked at; undefined where it has none: before its start, after its duration,
 * while it is not valid, and for good where it is relative and no session runs. A recurring schedule that is shorter than
 * its recurrence leaves the rest free, one that is longer is cut (1.6 errata 3.43, 3.44). Of several schedules the first
 * one counts: the others are the vehicle's to choose, and the station's to combine (2.1 K15.FR.22).
 */
export const inForce = (profile: ChargingProfile, view: View): Steps<Limits | undefined> => {
  const [schedule] = profile.schedules
  const start = schedule && startOf(profile, schedule, view)
  if (schedule === undefined || start === undefined) return constant(undefined)
  const windowEnd = view.from + view.durationMs
  const first = Math.max(view.from, start, profile.validFrom ?? -Infinity)
  const end = Math.min(windowEnd, profile.validTo ?? Infinity)
  const every = recurrence[profile.kind] ?? Infinity
  const lasts = Math.min(every, schedule.durationMs ?? Infinity)
  const periods = schedule.periods.toSorted((a, b) => a.startMs - b.startMs)
  const values = periods.map((period) => limitsOf(period, schedule, view.supply))
  const steps: Step<Limits | undefined>[] = [...constant(undefined)]
  const rounds = every === Infinity ? 0 : Math.floor((first - start) / every)
  for (let began = rounds === 0 ? start : start + rounds * every; began < end; began += every)
    for (const [i, { startMs }] of periods.entries()) {
      const from = Math.max(first, began + startMs)
      const to = Math.min(end, began + Math.min(lasts, periods[i + 1]?.startMs ?? Infinity))
      if (from >= to) continue
      put(steps, from - view.from, values[i])
      if (to < windowEnd) put(steps, to - view.from, undefined)
    }
  return steps
}
