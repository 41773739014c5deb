import type { Authorization } from '../../core/domain/authorization.ts'
import type { ConnectorReport, ConnectorStatus } from '../../core/domain/connector.ts'
import type { Answers, AskOf } from '../../core/domain/dialogue.ts'
import { type SessionEvent, sessionEventKey } from '../../core/domain/fact.ts'
import type { Session } from '../../core/domain/session.ts'
import { isStopToken } from '../../core/domain/session-events.ts'
import { wireKey } from '../../core/domain/session.ts'
import type { Asked, Link } from '../link.ts'
import { noteToken } from '../trace-notes.ts'
import type { Asker, Desk } from './desk.ts'

type Ask = AskOf<'session.event'>

/** One event of a session of 2.x: committed, then answered with what its token may, then its actors hear of it (D-2). */
export const sessionEvent: Asker<'session.event'> = async (desk, link, asked, ask) => {
  const { worker } = desk
  const found =
    ask.token &&
    (await worker.dialogue.presented(link, ask.token, {
      at: ask.at,
      occasion: isStopToken(ask) ? 'stop' : 'start',
      ...(ask.evse !== undefined && { evse: ask.evse }),
    }))
  const { type: _, token, at, flags, ...event } = ask
  const fact: SessionEvent = {
    kind: 'session.event',
    ...desk.base(link, asked),
    ...event,
    at,
    flags: [...flags, ...worker.dialogue.oddEvse(link, ask.evse)],
    wireKey: wireKey(link.key, ask.transaction),
    key: sessionEventKey(worker.digest, ask.transaction, ask.seq, contentOf(asked)),
    ...(found !== undefined && { token: found.uid, authorization: found.authorization }),
    ...(token !== undefined && found !== undefined && found.uid !== token.uid && { presented: token.uid }),
    ...(found?.mostSessions !== undefined && { mostSessions: found.mostSessions }),
  }
  desk.record(link, asked, fact, ({ session, repeated }) => {
    if (session === undefined) return
    const authorization = toldOf(session, fact)
    if (token !== undefined && authorization !== undefined)
      noteToken(worker.trace, link, { asked, uid: token.uid, authorization })
    answerWith(desk, link, asked, { session, at, ...limitsFor(session, ask), ...(authorization && { authorization }) })
    desk.observed(link, asked)
    if (repeated) return
    tellActors(desk, link, session, ask)
    desk.worker.dialogue.heardMeter(link, session, ask.readings)
  })
}

type Told = Omit<Answers['session.event'], 'totalCost'>

/** With what the session costs so far, where there is a price; one that cannot be told now is told with the next event. */
const answerWith = (
  desk: Desk,
  link: Link,
  asked: Asked,
  { session, at, ...told }: Told & { readonly session: Session; readonly at: number },
): void => {
  const { prices, log } = desk.worker
  if (link.record.displayPrice === undefined && !prices.mayHaveTariff(session.tenant))
    return desk.answer(link, asked, 'session.event', told)
  prices.costOf(session, at).then(
    (cost) => desk.answer(link, asked, 'session.event', cost === undefined ? told : { ...told, totalCost: cost.total }),
    (error: unknown) => {
      log.warn('what a session costs cannot be told', { session: session.id, reason: String(error) })
      desk.answer(link, asked, 'session.event', told)
    },
  )
}

/**
 * How far it may go, by the order that began it and by what is left on its token: said once, and again only where the same
 * event comes again (2.1 E16, C17).
 */
const limitsFor = ({ events, authorization }: Session, { seq, phase }: Ask): Pick<Told, 'limits'> => {
  const { maxCost } = events?.token === seq ? (authorization ?? {}) : {}
  const ordered = events?.ordered?.[0] === seq ? events.ordered[1] : undefined
  if (phase === 'ended' || (maxCost ?? ordered) === undefined) return {}
  return { limits: { ...(maxCost !== undefined && { maxCost }), ...ordered } }
}

/** The same for the same event, whatever its message id: the payload as it came. */
const contentOf = ({ text }: Asked): string => {
  const from = text.indexOf('{')
  return from < 0 ? text : text.slice(from, text.lastIndexOf('}') + 1)
}

/** What was decided about a token when it was first told of; a repeated event gets the same again (INV-10). */
const toldOf = (session: Session, fact: SessionEvent): Authorization | undefined => {
  if (fact.token === undefined) return undefined
  if (isStopToken(fact)) return session.stopToken === fact.token ? session.stopAuthorization : fact.authorization
  return session.token === fact.token ? session.authorization : fact.authorization
}

/** Its session's machine, and the plug's: what is told of the past says nothing about how things stand now. */
const tellActors = ({ worker }: Desk, link: Link, session: Session, ask: Ask): void => {
  const { registry } = worker
  const isOver = session.stopKey !== undefined
  if (!isOver) registry.began(link, session)
  else if (ask.phase === 'ended') registry.ended(link, session, ask.reason ?? 'Local')
  if (session.state === 'ended' && ask.phase === 'ended') worker.dialogue.askForRest(link, session)
  if (ask.isOffline || session.evse === 0) return
  const status = isOver ? 'finishing' : statusOf(ask, registry.status(link, session.evse, session.connector))
  if (status === undefined) return
  const report = { evse: session.evse, connector: session.connector, status, errorCode: 'NoError', at: ask.at }
  registry.reported(link, report, worker.clock.now())
}

/** How the plug stands by what its session does (handbook/ocpp.md §3.3); undefined: it does not tell. */
const statusOf = ({ charging }: Ask, before: ConnectorStatus | undefined): ConnectorReport['status'] | undefined => {
  if (charging !== 'connected' && charging !== 'idle') return charging
  if (before !== undefined && begun.has(before)) return 'finishing'
  return charging === 'connected' ? 'preparing' : undefined
}

const begun: ReadonlySet<ConnectorStatus> = new Set([
  'charging',
  'suspendedByVehicle',
  'suspendedByStation',
  'finishing',
])
