import type { Authorization } from '../../core/domain/authorization.ts'
import type { ConnectorReport, ConnectorStatus } from '../../core/domain/connector.ts'
import type { AskOf } from '../../core/domain/dialogue.ts'
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
  const found = ask.token && (await worker.dialogue.presented(link, ask.token, ask.at))
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
    desk.answer(link, asked, 'session.event', authorization === undefined ? {} : { authorization })
    desk.observed(link, asked)
    if (repeated) return
    tellActors(desk, link, session, ask)
    desk.worker.dialogue.heardMeter(link, session, ask.readings)
  })
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
