import type { Authorization } from './authorization.ts'
import { type ChargePointRef, refKey } from './charge-point.ts'
import { type EventBook, isAccounted } from './event-book.ts'
import { type Exported, givenBack, withExports } from './export.ts'
import type { SessionStarted, SessionStopped } from './fact.ts'
import type { Amount, Besides, Reading } from './meter.ts'
import { type Course, type Delivered, deliveredBetween, isPlausible } from './register.ts'
import type { MilliWattHours } from './units.ts'

/** One charging process, from authorisation to close. OCPP calls it a transaction; that word stays on the wire. */

export const sessionStates = ['open', 'ended', 'closed', 'inferred', 'orphan'] as const
export type SessionState = (typeof sessionStates)[number]

export interface Register {
  readonly at: number
  readonly mwh: MilliWattHours
}

/** Energy since the reading before, of a station that sends no register with it. */
export interface Interval extends Amount {
  readonly at: number
}

/** What we know of a session: the sum of its facts, whatever order they came in (INV-20). */
export interface Session extends ChargePointRef {
  readonly id: string
  /** The UTC day we opened it, `2026-11-24`: where all of its facts are filed, also the late ones (D-18). */
  readonly day: string
  /** The content key of the fact that opened it. */
  readonly startKey: string
  /** The transaction id on the wire; absent for an orphan. */
  readonly transaction?: string
  /** How stations name it, in full; made once, because it is looked up with every reading. */
  readonly wireKey?: string
  readonly evse: number
  readonly connector: number
  readonly token?: string
  readonly authorization?: Authorization
  readonly startedAt?: number
  readonly meterStartMwh?: MilliWattHours
  readonly endedAt?: number
  readonly meterStopMwh?: MilliWattHours
  readonly stopKey?: string
  readonly stopReason?: string
  readonly stopToken?: string
  readonly stopAuthorization?: Authorization
  readonly firstRegister?: Register
  readonly lastRegister?: Register
  /** The highest register seen, where that is not the last one: the meter fell meanwhile. */
  readonly peakMwh?: MilliWattHours
  /** The registers that readings call those of its start and its end (Transaction.Begin, Transaction.End). */
  readonly beginMwh?: MilliWattHours
  readonly endMwh?: MilliWattHours
  /** By time, each once; absent where every reading has a register. */
  readonly intervals?: readonly Interval[]
  /** What the vehicle gave back, by its own register; absent where no reading has one. */
  readonly exported?: Exported
  /** Of a session that is told by numbered events (2.x): which of them are here. */
  readonly events?: EventBook
  /** What the station has worked out itself, in its own words, and the name of the tariff that it did so with (2.1). */
  readonly stationCost?: Readonly<Record<string, unknown>>
  readonly stationTariff?: string
  /** Why it is closed without a stop: `next session`, `refused token`. */
  readonly inferredBy?: string
  /** The order that began it, when one did. */
  readonly command?: string
  readonly flags: readonly string[]
  readonly state: SessionState
  /** Grows with every change; a write under an old version is refused. 0 = not stored yet. */
  readonly version: number
}

/** `default/CP-1/1000001`: unique, for transaction ids are the charge point's own. */
export const wireKey = (ref: string, transaction: string): string => `${ref}/${transaction}`

/** The same state, whatever the order of the facts: it follows from what is known. */
export const stateOf = (session: Omit<Session, 'state'>): SessionState => {
  if (session.stopKey !== undefined) {
    if (session.events !== undefined && !isAccounted(session.events)) return 'ended'
    return session.startedAt === undefined ? 'orphan' : 'closed'
  }
  return session.inferredBy === undefined ? 'open' : 'inferred'
}

/** The session in the state that follows from what is known of it. */
export const settled = (session: Omit<Session, 'state'>): Session => ({ ...session, state: stateOf(session) })

/** A station may find ever new things to be untidy about; the row of its session does not grow with them. */
const mostFlags = 100

/** The first of all in their order: which they are does not depend on which came first (INV-20). */
export const withFlags = (session: Session, flags: readonly string[]): readonly string[] => {
  if (flags.every((f) => session.flags.includes(f))) return session.flags
  const all = [...new Set([...session.flags, ...flags])].sort().slice(0, mostFlags)
  return all.length === session.flags.length && all.every((f, i) => f === session.flags[i]) ? session.flags : all
}

/** Opens a session by its first fact. */
export const opened = (id: string, day: string, transaction: string, fact: SessionStarted): Session =>
  settled({
    id,
    day,
    tenant: fact.tenant,
    identity: fact.identity,
    startKey: fact.key,
    transaction,
    wireKey: wireKey(refKey(fact), transaction),
    evse: fact.evse,
    connector: fact.connector,
    token: fact.token,
    authorization: fact.authorization,
    startedAt: fact.at,
    ...(fact.meterMwh !== undefined && { meterStartMwh: fact.meterMwh }),
    flags: [...fact.flags].sort(),
    version: 0,
  })

/** Keeps a stop whose start we never saw: for settlement by a person, never for a CDR by itself (INV-16). */
export const orphaned = (id: string, day: string, fact: SessionStopped): Session =>
  stop(
    settled({
      id,
      day,
      tenant: fact.tenant,
      identity: fact.identity,
      startKey: fact.key,
      evse: 0,
      connector: 0,
      flags: [],
      version: 0,
    }),
    { ...fact, flags: [...fact.flags, `transaction ${fact.transaction.slice(0, 40)} is not known`] },
  )

/** The session with its stop. The first stop stays (INV-13); a repeated one changes nothing. */
export const stop = (session: Session, fact: SessionStopped): Session => {
  if (session.stopKey !== undefined) return session
  const { meterMwh } = fact
  const isOdd = meterMwh !== undefined && !isBelievable(session, { at: fact.at, mwh: meterMwh })
  return settled({
    ...read(session, fact.readings),
    endedAt: fact.at,
    stopKey: fact.key,
    stopReason: fact.reason,
    ...(meterMwh !== undefined && { meterStopMwh: meterMwh }),
    ...(fact.token !== undefined && { stopToken: fact.token }),
    ...(fact.authorization !== undefined && { stopAuthorization: fact.authorization }),
    flags: withFlags(session, isOdd ? [...fact.flags, implausible] : fact.flags),
  })
}

export const implausible = 'implausible register'

/** The session with meter readings: only the outermost registers matter, so order and repetition do not. */
export const read = (before: Session, readings: readonly Reading[], flags: readonly string[] = []): Session => {
  const session = readings.some(saysMore) ? readings.reduce(noted, before) : before
  let { firstRegister, lastRegister, peakMwh } = session
  let told = flags
  for (const reading of readings) {
    const { registerMwh } = reading
    if (registerMwh === undefined) continue
    const register = { at: momentOf(session, reading), mwh: registerMwh }
    if (!isBelievable(session, register, reading.atKey !== undefined)) {
      told = [...told, implausible]
      // where the start is said to have been zero, it is the start that may be wrong
      if (session.meterStartMwh !== 0) continue
    }
    const highest = Math.max(peakMwh ?? 0, lastRegister?.mwh ?? 0, registerMwh)
    if (firstRegister === undefined || isBefore(register, firstRegister)) firstRegister = register
    if (lastRegister === undefined || isBefore(lastRegister, register)) lastRegister = register
    peakMwh = highest > lastRegister.mwh ? highest : undefined
  }
  const sameFlags = withFlags(session, told)
  if (
    firstRegister === session.firstRegister &&
    lastRegister === session.lastRegister &&
    peakMwh === session.peakMwh &&
    sameFlags === session.flags
  )
    return session
  if (firstRegister === undefined || lastRegister === undefined) return { ...session, flags: sameFlags }
  // spelled out: this is done for every reading
  if (peakMwh === session.peakMwh) return { ...session, firstRegister, lastRegister, flags: sameFlags }
  const { peakMwh: _, ...rest } = session
  return { ...rest, firstRegister, lastRegister, ...(peakMwh !== undefined && { peakMwh }), flags: sameFlags }
}

const saysMore = ({ besides }: Reading): boolean => besides !== undefined

/** The session with what a reading says besides its register: each interval once, of bounds the outermost. */
const noted = (session: Session, reading: Reading): Session => {
  const { beginMwh, endMwh, interval, exports }: Besides = reading.besides ?? {}
  const begin = least(session.beginMwh, beginMwh)
  const end = most(session.endMwh, endMwh)
  const intervals = interval && withInterval(session.intervals ?? [], { at: momentOf(session, reading), ...interval })
  const exported =
    exports === undefined ? session.exported : withExports(session.exported, momentOf(session, reading), exports)
  if (
    begin === session.beginMwh &&
    end === session.endMwh &&
    (intervals ?? session.intervals) === session.intervals &&
    exported === session.exported
  )
    return session
  return {
    ...session,
    ...(begin !== undefined && { beginMwh: begin }),
    ...(end !== undefined && { endMwh: end }),
    ...(intervals !== undefined && { intervals }),
    ...(exported !== undefined && { exported }),
  }
}

const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
const most = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)

/** Two amounts of one time are the same amount told twice; where they differ the larger one counts, in whatever order. */
const withInterval = (known: readonly Interval[], interval: Interval): readonly Interval[] => {
  const same = known.findIndex(({ at, aligned }) => at === interval.at && aligned === interval.aligned)
  if (same >= 0 && (known[same]?.mwh ?? 0) >= interval.mwh) return known
  const others = same < 0 ? known : known.toSpliced(same, 1)
  const place = others.findLastIndex((one) => one.at < interval.at || (one.at === interval.at && one.aligned !== true))
  return others.toSpliced(place + 1, 0, interval)
}

/** When a reading was taken. One whose time cannot be read counts as the first: not as the newest each time it comes. */
export const momentOf = ({ startedAt }: Session, { at, atKey }: Reading): number =>
  atKey === undefined ? at : (startedAt ?? at)

/** Whether a session can have got so far by then; where its start is not known, everything is believed. */
export const isBelievable = (
  { meterStartMwh, startedAt }: Session,
  { at, mwh }: Register,
  isTimeless = false,
): boolean =>
  meterStartMwh === undefined ||
  startedAt === undefined ||
  isPlausible(mwh - meterStartMwh, isTimeless ? -1 : at - startedAt)

const isBefore = (a: Register, b: Register): boolean => a.at < b.at || (a.at === b.at && a.mwh < b.mwh)

/** Closes a session that will hear no stop, by what its station did instead (INV-24). A later stop still counts. */
export const inferred = (session: Session, because: string): Session => {
  if (session.stopKey !== undefined) return session
  const endedAt = session.lastRegister?.at ?? session.startedAt ?? 0
  return settled({ ...session, inferredBy: session.inferredBy ?? because, endedAt })
}

export interface Energy {
  readonly mwh: MilliWattHours
  /** Not simply from the stop's own register: the last reading had to do (INV-52), or the meter fell. */
  readonly estimated: boolean
  readonly course: Course
  /** The sum of what the readings told for their intervals: there is no register at its end. */
  readonly summed?: true
}

/**
 * The register that a session is counted from. A start at zero may mean "I do not know": a reading that is called the
 * one of the start knows better; where the station says that it does not know, the first reading has to do.
 */
export const firstMwhOf = (session: Session): MilliWattHours | undefined => {
  const { meterStartMwh, beginMwh, firstRegister, startedAt } = session
  if (meterStartMwh !== undefined && meterStartMwh > 0) return meterStartMwh
  return beginMwh ?? meterStartMwh ?? (startedAt === undefined ? undefined : firstRegister?.mwh)
}

/** The register that a session is counted to by its own word; a last register of zero is none where anything says else (INV-52). */
export const lastMwhOf = (session: Session): MilliWattHours | undefined => {
  const { meterStopMwh, endMwh, lastRegister, intervals } = session
  if (meterStopMwh !== undefined && meterStopMwh > 0) return meterStopMwh
  const saysElse = intervals !== undefined || (lastRegister?.mwh ?? 0) > 0
  return endMwh ?? (meterStopMwh === 0 && firstMwhOf(session) === 0 && !saysElse ? 0 : undefined)
}

/** Energy of a session so far: never negative (INV-51), absent when no meter says anything. */
export const energyOf = (session: Session): Energy | undefined => {
  const isOver = session.state !== 'open'
  const from = firstMwhOf(session)
  const stopped = from === undefined ? undefined : deliveredByStop(session, from)
  if (stopped !== undefined && stopped.course !== 'implausible') {
    const isBegun = session.meterStartMwh !== undefined || session.beginMwh !== undefined
    return { ...stopped, estimated: stopped.course === 'reset' || !isBegun }
  }
  const { course } = stopped ?? {}
  const metered = from === undefined ? undefined : deliveredByReadings(session, from)
  if (metered !== undefined) return { mwh: metered.mwh, estimated: isOver, course: course ?? metered.course }
  const mwh = sumOf(session)
  if (mwh !== undefined) return { mwh, estimated: isOver, course: course ?? 'regular', summed: true }
  return isOver && from !== undefined ? { mwh: 0, estimated: true, course: course ?? 'regular' } : undefined
}

/** From the register of the start to the one of the stop; implausible where that cannot be. */
const deliveredByStop = (session: Session, from: MilliWattHours): Delivered | undefined => {
  const to = lastMwhOf(session)
  if (to === undefined) return undefined
  const at = session.endedAt ?? session.startedAt ?? 0
  const lasted = at - (session.startedAt ?? at)
  const peak = Math.max(session.peakMwh ?? 0, session.lastRegister?.mwh ?? 0)
  const delivered = deliveredBetween(from, isPlausible(peak - from, lasted) ? Math.max(from, peak) : from, to)
  const isOdd = !isPlausible(to - from, lasted) || !isPlausible(delivered.mwh, lasted)
  return isOdd ? { mwh: 0, course: 'implausible' } : delivered
}

const deliveredByReadings = (session: Session, from: MilliWattHours): Delivered | undefined => {
  const { lastRegister, peakMwh, startedAt } = session
  if (lastRegister === undefined) return undefined
  const delivered = deliveredBetween(from, Math.max(from, peakMwh ?? 0), lastRegister.mwh)
  return isPlausible(delivered.mwh, lastRegister.at - (startedAt ?? lastRegister.at)) ? delivered : undefined
}

/** What is sampled and what is aligned with the clock is the same energy: one of the two series counts. */
const sumOf = ({ intervals, lastRegister, startedAt, endedAt }: Session): MilliWattHours | undefined => {
  if (intervals === undefined || lastRegister !== undefined) return undefined
  const sampled = intervals.filter(({ aligned }) => aligned !== true)
  const mwh = (sampled.length > 0 ? sampled : intervals).reduce((sum, one) => sum + one.mwh, 0)
  const until = endedAt ?? intervals.at(-1)?.at ?? 0
  return isPlausible(mwh, until - (startedAt ?? until)) ? mwh : undefined
}

/** A CDR is due for a session that is over, that began with us, and that either was allowed, or drew energy or gave some back. */
export const isBillable = (session: Session): boolean =>
  (session.state === 'closed' || session.state === 'inferred') &&
  (session.authorization?.status === 'Accepted' ||
    (energyOf(session)?.mwh ?? 0) > 0 ||
    (givenBack(session.exported)?.mwh ?? 0) > 0)
