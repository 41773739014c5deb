import { refKey } from './charge-point.ts'
import { emptyBook, type EventBook, hasEvent, withNumber } from './event-book.ts'
import type { SessionEvent } from './fact.ts'
import type { Reading } from './meter.ts'
import { implausible, isBelievable, read, type Session, settled, wireKey, withFlags } from './session.ts'
import type { MilliWattHours } from './units.ts'

/** Sessions as 2.x tells them: by numbered events, which come in any order, and of which some never come. */

/** Opens a session by the first of its events that comes, whichever that is (INV-23). */
export const openedBy = (id: string, day: string, fact: SessionEvent): Session =>
  withEvent(
    settled({
      id,
      day,
      tenant: fact.tenant,
      identity: fact.identity,
      startKey: fact.key,
      transaction: fact.transaction,
      wireKey: wireKey(refKey(fact), fact.transaction),
      evse: 0,
      connector: 0,
      flags: [],
      version: 0,
    }),
    fact,
  )

/** Whether a token ends the session: it is told with the end, or as what the driver has stopped it with. */
export const isStopToken = ({ phase, trigger }: Pick<SessionEvent, 'phase' | 'trigger'>): boolean =>
  phase === 'ended' || trigger === 'StopAuthorized'

/** The session with one event more. One whose number is here already changes nothing (INV-14). */
export const withEvent = (before: Session, fact: SessionEvent): Session => {
  const book = before.events ?? emptyBook
  const { seq } = fact
  if (hasEvent(book, seq)) return before
  const isFirst = (told: number | undefined): boolean => told === undefined || seq < told
  const isLast = (told: number | undefined): boolean => told === undefined || seq > told
  const starts = fact.phase === 'started' && isFirst(book.started)
  const ends = fact.phase === 'ended' && isFirst(book.ended)
  const flags = [...fact.flags, ...oddities(book, fact)]
  const begun = starts ? withStart(before, fact) : before
  const session = read(begun, fact.readings, flags)
  return settled({
    ...(ends ? withEnd(session, fact) : session),
    ...placeOf(book, fact),
    ...tokenOf(book, fact),
    ...(fact.cost !== undefined && isLast(book.cost) && { stationCost: fact.cost }),
    ...(fact.tariff !== undefined && isLast(book.tariff) && { stationTariff: fact.tariff }),
    events: {
      ...book,
      runs: withNumber(book.runs, seq),
      ...(starts && { started: seq, startKey: fact.key }),
      ...(ends && { ended: seq }),
      ...(fact.evse !== undefined && isFirst(book.evse) && { evse: seq }),
      ...(fact.token !== undefined && told(book, fact)),
      ...(fact.charging !== undefined &&
        (book.charging?.[0] ?? -1) < seq && { charging: [seq, fact.charging] as const }),
      ...(fact.cost !== undefined && isLast(book.cost) && { cost: seq }),
      ...(fact.tariff !== undefined && isLast(book.tariff) && { tariff: seq }),
      ...(fact.limits !== undefined && isLast(book.limits?.[0]) && { limits: [seq, fact.limits] as const }),
    },
  })
}

/** Nobody waits any more for what is missing: for this reason, which its CDR tells (INV-22). */
export const settledBy = (session: Session, reason: string): Session =>
  session.state !== 'ended' || session.events === undefined
    ? session
    : settled({ ...session, events: { ...session.events, settled: reason } })

const withStart = (session: Session, { at, readings }: SessionEvent): Session => {
  const meterMwh = firstRegister(readings)
  return { ...session, startedAt: at, ...(meterMwh !== undefined && { meterStartMwh: meterMwh }) }
}

const withEnd = (session: Session, { at, key, reason, readings }: SessionEvent): Omit<Session, 'state'> => {
  const meterMwh = lastRegister(readings)
  const isOdd = meterMwh !== undefined && !isBelievable(session, { at, mwh: meterMwh })
  return {
    ...session,
    endedAt: at,
    stopKey: key,
    stopReason: reason ?? 'Local',
    ...(meterMwh !== undefined && { meterStopMwh: meterMwh }),
    ...(isOdd && { flags: withFlags(session, [implausible]) }),
  }
}

const byTime = (readings: readonly Reading[]): readonly Reading[] => readings.toSorted((a, b) => a.at - b.at)

/** The register at the start: the one that says so, else the earliest. */
const firstRegister = (readings: readonly Reading[]): MilliWattHours | undefined => {
  const registers = byTime(readings).flatMap(({ registerMwh, besides }) => besides?.beginMwh ?? registerMwh ?? [])
  return readings.find(({ besides }) => besides?.beginMwh !== undefined)?.besides?.beginMwh ?? registers[0]
}

/** The register at the end: the one that says so, else the latest. */
const lastRegister = (readings: readonly Reading[]): MilliWattHours | undefined =>
  readings.findLast(({ besides }) => besides?.endMwh !== undefined)?.besides?.endMwh ??
  byTime(readings).findLast(({ registerMwh }) => registerMwh !== undefined)?.registerMwh

const placeOf = (
  { evse: told }: EventBook,
  { seq, evse, connector }: SessionEvent,
): Partial<Pick<Session, 'evse' | 'connector'>> =>
  evse === undefined || (told !== undefined && told <= seq) ? {} : { evse, connector: connector ?? 1 }

const told = (book: EventBook, fact: SessionEvent): Partial<EventBook> => {
  const name = isStopToken(fact) ? 'stopToken' : 'token'
  return (book[name] ?? Infinity) <= fact.seq ? {} : { [name]: fact.seq }
}

const tokenOf = (book: EventBook, fact: SessionEvent): Partial<Session> => {
  const { token, authorization, seq } = fact
  if (token === undefined) return {}
  if (isStopToken(fact))
    return (book.stopToken ?? Infinity) <= seq
      ? {}
      : { stopToken: token, ...(authorization !== undefined && { stopAuthorization: authorization }) }
  return (book.token ?? Infinity) <= seq ? {} : { token, ...(authorization !== undefined && { authorization }) }
}

/** What is odd about an event beside those that are here; the same whichever of two comes first. */
const oddities = (book: EventBook, { phase, seq }: SessionEvent): readonly string[] => {
  if (phase === 'started' && book.started !== undefined) return ['it was started twice']
  if (phase === 'ended' && book.ended !== undefined) return ['it was ended twice']
  const last = phase === 'ended' ? Math.max(...book.runs.map(([, to]) => to)) : seq
  return (phase === 'ended' ? seq : (book.ended ?? Infinity)) < last ? ['an event came after its end'] : []
}
