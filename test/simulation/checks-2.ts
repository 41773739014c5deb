import { completions } from '../../core/domain/deadline.ts'
import { gapsOf, hasEvent, missingFrom } from '../../core/domain/event-book.ts'
import type { SessionEvent } from '../../core/domain/fact.ts'
import { openedBy, settledBy, withEvent } from '../../core/domain/session-events.ts'
import { energyOf, type Session } from '../../core/domain/session.ts'
import { milliWattHours } from '../../core/domain/units.ts'
import type { Charge, Numbered } from './charge.ts'
import type { Durable } from './store.ts'

const minute = 60_000

/** What is wrong with a session that was told by numbered events, by what its station knows to have told. */
export const complaintsOfEvents = (
  durable: Durable,
  { stop, meterStart }: Charge,
  { events }: Numbered,
  session: Session,
): readonly string[] => {
  const { events: book } = session
  const told = events.filter(({ state }) => state === 'acknowledged')
  if (book === undefined) return told.length > 0 ? ['INV-01 has no book of its events'] : []
  const lost = told.filter(({ seq }) => !hasEvent(book, seq))
  const isTold = (phase: string): boolean => told.some((event) => event.phase === phase && !event.isTwin)
  return [
    ...lost.map(({ seq }) => `INV-01 event ${seq} was acknowledged and is lost`),
    ...(session.state === 'ended' ? ['INV-22 is waited for without an end'] : []),
    ...(isTold('Ended') && isTold('Started') && stop !== undefined
      ? complaintsOfWhole(durable, session, milliWattHours(stop.meterStop - meterStart))
      : []),
    ...(isTold('Ended') || session.state !== 'open' || session.evse === 0 ? [] : ['INV-24 is open for ever']),
    ...complaintsOfOrder(durable, session),
    ...complaintsOfWaiting(durable, events, session),
  ]
}

/** Of one whose start and end are here: its energy is what the station has counted, whatever was dropped between. */
const complaintsOfWhole = ({ ledger }: Durable, session: Session, mwh: number | undefined): readonly string[] => {
  const { state, events: book } = session
  if (state !== 'closed') return [`INV-01 end was acknowledged, the session is ${state}`]
  const energy = energyOf(session)
  const cdr = [...ledger.cdrs.values()].find((one) => one.session === session.id && one.state !== 'credited')
  const gaps = book && gapsOf(book)
  const isNoted = cdr?.notes.some((note) => / missing: /.test(note)) === true
  return [
    ...(energy !== undefined && energy.mwh === mwh && !energy.estimated
      ? []
      : [`INV-43 energy ${energy?.mwh}, delivered ${mwh}`]),
    ...(gaps !== undefined && !isNoted ? [`INV-22 ${gaps}, and its CDR does not say so`] : []),
    ...(gaps !== undefined && book?.settled === undefined ? [`INV-21 ${gaps}, and it is closed`] : []),
    ...(gaps === undefined && book?.settled === undefined && isNoted
      ? ['INV-22 nothing is missing, as its CDR says']
      : []),
  ]
}

/** What is known of a session by what its events say: nothing of this may depend on which came first. */
const known = [
  'evse',
  'connector',
  'token',
  'startedAt',
  'meterStartMwh',
  'endedAt',
  'meterStopMwh',
  'stopKey',
  'stopReason',
  'firstRegister',
  'lastRegister',
  'peakMwh',
  'beginMwh',
  'endMwh',
  'events',
  'flags',
  'state',
] as const satisfies readonly (keyof Session)[]

/** A value as one text, whatever the order of its fields. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  ) ?? 'nothing'

/** The session is the sum of its events, in whatever order they came (INV-20): put together again by their numbers. */
const complaintsOfOrder = ({ ledger }: Durable, session: Session): readonly string[] => {
  const facts = [...ledger.facts.values()]
    .flatMap(({ fact, session: of }) => (of === session.id && fact.kind === 'session.event' ? [fact] : []))
    .toSorted((a, b) => a.seq - b.seq)
  const [first, ...rest] = facts
  if (first === undefined) return ['INV-01 has no event filed']
  if (new Set(facts.map(({ seq }) => seq)).size < facts.length) return ['INV-14 two events are filed under one number']
  const again = rest.reduce((before, fact: SessionEvent) => withEvent(before, fact), openedBy('', session.day, first))
  const { settled } = session.events ?? {}
  const whole = settled === undefined ? again : settledBy({ ...again, state: 'ended' }, settled)
  if (session.state === 'inferred') return []
  return known.flatMap((field) => {
    const [is, byNumbers] = [textOf(session[field]), textOf(whole[field])]
    return is === byNumbers ? [] : [`INV-20 INV-26 ${field} is ${is}, and by its numbers ${byNumbers}`]
  })
}

/** Nobody waits for grace to pass where the station could be asked, nor gives up on what the station says it has (INV-21, INV-22). */
const complaintsOfWaiting = (
  { world }: Durable,
  events: Numbered['events'],
  { events: book }: Session,
): readonly string[] => {
  const ended = events.find(({ phase }) => phase === 'Ended')
  const isCalm = (ended?.acknowledgedAt ?? 0) > world.calmFrom + 10 * minute
  const isOverdue = events.every(
    ({ acknowledgedAt = 0 }) => acknowledgedAt < (ended?.acknowledgedAt ?? 0) + 10 * minute,
  )
  if (book?.settled === completions.grace && isCalm && isOverdue) return ['INV-21 its station was never asked']
  const missing = book === undefined ? [] : (missingFrom(book) ?? [])
  const isTold = missing.some(([from, to]) =>
    events.some(({ seq, state }) => seq >= from && seq <= to && state === 'acknowledged'),
  )
  return isTold ? ['INV-01 what is said to be missing was acknowledged'] : []
}
