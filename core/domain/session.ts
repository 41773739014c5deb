import type { Authorization } from './authorization.ts'
import { type ChargePointRef, refKey } from './charge-point.ts'
import type { SessionStarted, SessionStopped } from './fact.ts'
import type { Reading } from './meter.ts'
import { type Course, deliveredBetween, isPlausible } from './register.ts'
import type { MilliWattHours } from './units.ts'

/** One charging process, from authorisation to close. OCPP calls it a transaction; that word stays on the wire. */

export const sessionStates = ['open', 'ended', 'closed', 'inferred', 'orphan'] as const
export type SessionState = (typeof sessionStates)[number]

export interface Register {
  readonly at: number
  readonly mwh: MilliWattHours
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
  if (session.stopKey !== undefined) return session.startedAt === undefined ? 'orphan' : 'closed'
  return session.inferredBy === undefined ? 'open' : 'inferred'
}

const settled = (session: Omit<Session, 'state'>): Session => ({ ...session, state: stateOf(session) })

/** A station may find ever new things to be untidy about; the row of its session does not grow with them. */
const mostFlags = 100

/** The first of all in their order: which they are does not depend on which came first (INV-20). */
const withFlags = (session: Session, flags: readonly string[]): readonly string[] => {
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
    meterStartMwh: fact.meterMwh,
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

const implausible = 'implausible register'

/** The session with meter readings: only the outermost registers matter, so order and repetition do not. */
export const read = (session: Session, readings: readonly Reading[], flags: readonly string[] = []): Session => {
  let { firstRegister, lastRegister, peakMwh } = session
  let told = flags
  for (const reading of readings) {
    const { registerMwh } = reading
    if (registerMwh === undefined) continue
    const register = { at: momentOf(session, reading), mwh: registerMwh }
    if (!isBelievable(session, register, reading.atKey !== undefined)) {
      told = [...told, implausible]
      continue
    }
    const highest = Math.max(peakMwh ?? 0, lastRegister?.mwh ?? 0, registerMwh)
    if (firstRegister === undefined || before(register, firstRegister)) firstRegister = register
    if (lastRegister === undefined || before(lastRegister, register)) lastRegister = register
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

/** When a reading was taken. One whose time cannot be read counts as the first: not as the newest each time it comes. */
export const momentOf = ({ startedAt }: Session, { at, atKey }: Reading): number =>
  atKey === undefined ? at : (startedAt ?? at)

/** Whether a session can have got so far by then; where its start is not known, everything is believed. */
const isBelievable = ({ meterStartMwh, startedAt }: Session, { at, mwh }: Register, isTimeless = false): boolean =>
  meterStartMwh === undefined ||
  startedAt === undefined ||
  isPlausible(mwh - meterStartMwh, isTimeless ? -1 : at - startedAt)

const before = (a: Register, b: Register): boolean => a.at < b.at || (a.at === b.at && a.mwh < b.mwh)

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
}

/** Energy of a session so far: never negative (INV-51), absent when no register says anything. */
export const energyOf = (session: Session): Energy | undefined => {
  const { meterStartMwh: from, meterStopMwh, lastRegister, startedAt, endedAt } = session
  if (from === undefined) return undefined
  const isOver = session.state !== 'open'
  const peak = Math.max(from, session.peakMwh ?? 0, lastRegister?.mwh ?? 0)
  const at = endedAt ?? startedAt ?? 0
  const isOdd = meterStopMwh !== undefined && !isBelievable(session, { at, mwh: meterStopMwh })
  // a last register of zero is no register (INV-52): the last reading knows better
  if (meterStopMwh !== undefined && !isOdd && (meterStopMwh > 0 || from === 0)) {
    const delivered = deliveredBetween(from, peak, meterStopMwh)
    if (isPlausible(delivered.mwh, at - (startedAt ?? at)))
      return { ...delivered, estimated: delivered.course === 'reset' }
  }
  const course = isOdd ? 'implausible' : undefined
  if (lastRegister !== undefined) {
    const delivered = deliveredBetween(from, Math.max(from, session.peakMwh ?? 0), lastRegister.mwh)
    if (isPlausible(delivered.mwh, lastRegister.at - (startedAt ?? lastRegister.at)))
      return { mwh: delivered.mwh, estimated: isOver, course: course ?? delivered.course }
  }
  return isOver ? { mwh: 0, estimated: true, course: course ?? 'regular' } : undefined
}

/** A CDR is due for a session that is over, that began with us, and that either was allowed or delivered energy. */
export const isBillable = (session: Session): boolean =>
  (session.state === 'closed' || session.state === 'inferred') &&
  (session.authorization?.status === 'Accepted' || (energyOf(session)?.mwh ?? 0) > 0)
