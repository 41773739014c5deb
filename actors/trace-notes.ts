import type { Authorization } from '../core/domain/authorization.ts'
import type { Registration } from '../core/domain/charge-point.ts'
import type { Command } from '../core/domain/command.ts'
import { verdicts } from '../core/domain/trace.ts'
import type { OrderContext } from '../core/ocpp/dialect.ts'
import type { Asked, Ending, Link } from './link.ts'
import type { Trace } from './trace.ts'

/**
 * What the trace holds beside frames: with these and the frames, what a charge point has said can be played again.
 * Details are JSON; `call` is the message id of the CALL they belong to. Tokens are masked where frames are.
 */

export const noteOpened = (trace: Trace, link: Link): void => {
  const { protocol, epoch, connectors, reservations } = link.seat
  const { registration, clockless, vendor, model, firmware } = link.record
  const text = JSON.stringify({ epoch, registration, clockless, vendor, model, firmware, connectors, reservations })
  trace.note(link, { kind: 'opened', action: protocol, verdict: registration, text })
}

export const noteClosed = (
  trace: Trace,
  link: Link,
  { code, reason }: { readonly code: number; readonly reason: string },
): void => {
  const text = JSON.stringify({ epoch: link.seat.epoch, code, reason })
  trace.note(link, { kind: 'closed', action: String(code), verdict: link.end ?? 'closed', text })
}

export const isEnding = (event: string): event is Ending =>
  event === 'closed' || event === 'silent' || event === 'superseded' || event === 'dismissed'

/** What a BootNotification is told. */
export const noteRegistered = (
  trace: Trace,
  link: Link,
  { asked: { action, id }, registration }: { readonly asked: Asked; readonly registration: Registration },
): void => {
  const text = JSON.stringify({ call: id, registration })
  trace.note(link, { kind: 'registration', action, messageId: id, verdict: registration, text })
}

/** What the operator has changed; it counts from the next boot on. */
export const noteChanged = (trace: Trace, link: Link, registration: Registration): void =>
  trace.note(link, {
    kind: 'registration',
    action: 'record',
    verdict: registration,
    text: JSON.stringify({ registration }),
  })

export const noteDeadline = (trace: Trace, link: Link, of: string): void =>
  trace.note(link, { kind: 'deadline', action: of, text: JSON.stringify({ of }) })

/** A session was closed without a stop. */
export const noteInferred = (
  trace: Trace,
  link: Link,
  inferred: { readonly session: string; readonly because: string },
): void => trace.note(link, { kind: 'deadline', action: 'session.infer', text: JSON.stringify(inferred) })

/** An order is about to be written: what it is, and what it needed to be put into words, as far as that is not long. */
export const noteOrdered = (
  trace: Trace,
  link: Link,
  {
    command: { id, number, order, deadline },
    context: { tag, transaction, location },
    action,
    messageId,
  }: {
    readonly command: Command
    readonly context: OrderContext
    readonly action: string
    readonly messageId: string
  },
): void => {
  const said = { call: messageId, command: id, number, order, deadline, idTag: tag, transaction, location }
  trace.note(link, { kind: 'order', action, messageId, verdict: verdicts.sent, text: JSON.stringify(said) })
}

export const noteToken = (
  trace: Trace,
  link: Link,
  {
    asked: { action, id },
    uid,
    authorization: { status, groupId, expiresAt },
  }: { readonly asked: Asked; readonly uid: string; readonly authorization: Authorization },
): void => {
  const text = JSON.stringify({ call: id, token: uid, status, parentIdTag: groupId, expiresAt })
  trace.note(link, { kind: 'token', action, messageId: id, verdict: status, text })
}
