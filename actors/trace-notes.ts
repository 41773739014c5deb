import type { Authorization } from '../core/domain/authorization.ts'
import type { Registration } from '../core/domain/charge-point.ts'
import type { Asked, Ending, Link } from './link.ts'
import type { Trace } from './trace.ts'

/**
 * What the trace holds beside frames: with these and the frames, what a charge point has said can be played again.
 * Details are JSON; `call` is the message id of the CALL they belong to. Tokens are masked where frames are.
 */

export const noteOpened = (trace: Trace, link: Link): void => {
  const { protocol, epoch, connectors } = link.seat
  const { registration, clockless } = link.record
  const text = JSON.stringify({ epoch, registration, clockless, connectors })
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
