import type { CdrState, HubCdr } from '../../../core/ports/oicp.ts'
import { askHub, type HubReply } from './client.ts'
import { inLane, type Worked } from './lane.ts'
import type { Hub, OicpParts } from './parts.ts'

const second = 1_000
const longestMs = 6 * 60 * 60 * second
/** After so long an EMP has closed its books. */
const givenUpMs = 7 * 24 * 60 * 60 * second
/** The session is not valid: the hub does not know it, or has a CDR of it already. */
const invalidSession = '400'

/** Twice as long each time; `attempt` from 1. */
const laterBy = (attempt: number): number => Math.min(second * 2 ** Math.min(attempt - 1, 30), longestMs)

type Parts = Pick<OicpParts, 'store' | 'reach' | 'sealer' | 'clock' | 'ledger' | 'log'>

/**
 * Sends CDRs, at least once each, always the same record. That one is on its way is committed before: whoever finds it so
 * knows that the hub may have it. The hub takes one of a session, and so the second attempt tells what came of the first.
 */
export const sendCdrs = (parts: Parts, hub: Hub, by: string): Promise<void> =>
  inLane(parts, { hub, lane: 'cdr', by }, async ({ keep }): Promise<Worked> => {
    const ref = { tenant: hub.partner.tenant, partner: hub.partner.id }
    for (;;) {
      const cdr = await parts.store.nextCdr(ref, parts.clock.now())
      if (cdr?.record === undefined) return { type: 'done' }
      if (!(await keep())) return { type: 'failed', reason: 'somebody else looks after it by now' }
      const attempt = cdr.attempts + 1
      await parts.store.changeCdr(ref, cdr.id, { state: 'sending', at: parts.clock.now(), isAttempt: true })
      const reply = await askHub(parts, hub, { operation: 'cdr', record: cdr.record }, { attempt })
      const at = parts.clock.now()
      const after = stateAfter(cdr, reply, at)
      const isOver = after.state !== 'waiting' && after.state !== 'sending'
      await parts.store.changeCdr(ref, cdr.id, { ...after, at, ...(!isOver && { nextAt: at + laterBy(attempt) }) })
      if (!isOver) return { type: 'failed', reason: after.reason ?? '' }
      if (after.state !== 'sent')
        parts.log.warn('a hub has not taken a CDR', { cdr: cdr.id, reason: after.reason ?? '' })
    }
  })

interface After {
  readonly state: CdrState
  readonly reason?: string
}

/** What is known of a CDR after an attempt; `before` is how it stood before that. */
export const stateAfter = (before: Pick<HubCdr, 'state' | 'createdAt'>, reply: HubReply, now: number): After => {
  if (reply.type === 'done') return { state: 'sent' }
  const { reason } = reply
  if (reply.type === 'refused')
    return reply.code === invalidSession && before.state === 'sending'
      ? { state: 'sent', reason: `an attempt before this one was heard: ${reason}` }
      : { state: 'refused', reason }
  if (now - before.createdAt > givenUpMs)
    return { state: 'kept', reason: `it could not be sent for too long: ${reason}` }
  // nothing has left us this time; whether it has before is not known any better
  if (reply.type === 'failed') return { state: before.state, reason }
  return { state: 'sending', reason }
}
