import { clean } from '../../../core/domain/text.ts'
import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import type { CallModule } from '../../../core/ports/roaming.ts'
import type { ChoreProgress, DoChore } from '../../../core/ports/roaming-chores.ts'
import type { ReceivedTokens, ToldToken } from '../../../core/ports/roaming-tokens.ts'
import type { Timers } from '../../../core/ports/timers.ts'
import { ownerOf } from '../../../core/roaming/owner.ts'
import { toldToken } from '../../../core/roaming/told-token.ts'
import { fromWire } from '../../../core/roaming/wire.ts'
import { crawl, type CrawlPlace } from './crawl.ts'
import { exchangeOf } from './exchange-of.ts'
import { faultText } from './modules/told.ts'

interface PullTokens {
  readonly call: CallModule
  readonly timers: Timers
  readonly receivedTokens: ReceivedTokens
  readonly clock: Clock
}

const mostNotes = 20
/** A delta begins so long before the last reading did: clocks differ, and what was written late is stamped early. */
const overlapMs = 3_600_000

/**
 * Reads the list of a partner's tokens, each page in one commit. What is not in it stays as it was: a token is never removed
 * but said not to be valid (OCPI 2.3.0 mod_tokens).
 */
export const pullTokens =
  (parts: PullTokens): DoChore =>
  async (partner, { wanted, beganAt = parts.clock.now(), progress: before }, keep) => {
    const startAt = before.next === undefined ? undefined : (JSON.parse(before.next) as CrawlPlace)
    let progress = before
    const list = {
      module: 'tokens',
      ...(wanted.from !== undefined && { from: wanted.from }),
      ...(startAt && { startAt }),
    }
    for await (const step of crawl(parts, partner, list)) {
      if (step.type === 'end')
        return step.outcome === 'whole'
          ? { type: 'done', progress, next: { whole: false, from: Math.max(0, beganAt - overlapMs) } }
          : { type: 'failed', progress, reason: step.reason }
      const { next: _, ...rest } = await kept(parts, partner, step.items, progress)
      progress = {
        ...rest,
        items: progress.items + step.items.length,
        ...(step.total !== undefined && { total: step.total }),
        ...(step.next !== undefined && { next: JSON.stringify(step.next) }),
      }
      if (!(await keep(progress))) return { type: 'left' }
    }
    return { type: 'failed', progress, reason: 'the list came to no end' }
  }

const kept = async (
  { receivedTokens, clock }: PullTokens,
  partner: RoamingPartner,
  items: readonly unknown[],
  progress: ChoreProgress,
): Promise<ChoreProgress> => {
  const notes = [...progress.notes]
  const told = items.flatMap((item): readonly ToldToken[] => {
    const read = tokenIn(partner, item)
    if (typeof read !== 'string') return [read]
    if (notes.length < mostNotes) notes.push(clean(read, 300))
    return []
  })
  const at = clock.now()
  const answers = await receivedTokens.change(partner.tenant, { partner: partner.id, at }, told)
  const counts: Record<string, number> = { ...progress.counts }
  const count = (name: string, by = 1): void => void (by > 0 && (counts[name] = (counts[name] ?? 0) + by))
  count('refused', items.length - told.length)
  for (const answer of answers)
    count(typeof answer === 'string' ? 'same' : answer.receivedAt === at ? 'changed' : 'same')
  return { ...progress, counts, notes }
}

/** The token; or why it is none that we can keep. In 2.1.1 it is the only EMP's there. */
const tokenIn = (partner: RoamingPartner, item: unknown): ToldToken | string => {
  const emps = partner.roles.filter(({ role }) => role === 'EMSP')
  const [alone] = emps
  const known = emps.length === 1 && alone !== undefined ? { owner: ownerOf(alone.code) } : {}
  const { object, faults } = fromWire(item, exchangeOf(partner, 'token', known))
  if (object === undefined) return faultText(faults)
  return toldToken(partner, object) ?? `${object.uid}: its party is not on the platform`
}
