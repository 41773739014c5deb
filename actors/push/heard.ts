import type { ModuleReply } from '../../core/ports/roaming.ts'
import type { PushEvent } from './machine.ts'

/** It does not know us (any more), or lets nobody in: no object is at fault. */
const shutsUsOut = [401, 403]

/** What a partner's answer means for what it is told. */
export const heard = (reply: ModuleReply): PushEvent => {
  if (reply.type === 'done') return { type: 'done' }
  const { reason } = reply
  if (reply.type === 'absent') return { type: 'failed', reason, isItsOwn: false }
  // it has had it, and may have choked on it
  if (reply.type === 'unclear') return { type: 'failed', reason, isItsOwn: true }
  if (reply.type === 'refused') {
    if (shutsUsOut.includes(reply.status)) return { type: 'failed', reason, isItsOwn: false }
    return { type: 'refused', reason, isUnknown: reply.status === 404 }
  }
  const { status, retryAfterMs } = reply
  const asked = retryAfterMs ?? (status === 429 ? tooManyMs : undefined)
  return {
    type: 'failed',
    reason,
    isItsOwn: status !== undefined && asked === undefined,
    ...(asked !== undefined && { retryAfterMs: asked }),
  }
}

/** Whoever says "too many" and not for how long. */
const tooManyMs = 10_000
