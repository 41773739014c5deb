import { retryAfter } from '../../core/domain/push-lane.ts'
import { clean } from '../../core/domain/text.ts'
import type { Settled } from '../../core/ports/push-lanes.ts'
import type { Item } from './items.ts'
import type { Outcome } from './tell.ts'

const longestReason = 500

/** What is written down of an object after it was told, or was not to be told now. */
export const settledOf = (item: Item, outcome: Outcome | undefined, at: number): Settled => {
  const { object, plan, losses, attempts, waitsUntil } = item
  if (plan === undefined) {
    const reason = `it cannot be said in its version: ${losses.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ')}`
    // what it names may be known later
    const isLate = losses.some(({ rule }) => rule === 'missing')
    const nextAt = isLate ? { nextAt: at + retryAfter(attempts + 1) } : {}
    return { object, again: { attempts: attempts + 1, reason: clean(reason, longestReason), ...nextAt } }
  }
  if (outcome === undefined) {
    if (waitsUntil === undefined || plan.steps.length === 0) return { object }
    return { object, again: { attempts, nextAt: waitsUntil, reason: 'it was told of a moment ago' } }
  }
  const { told, tells } = outcome
  const shadow = tells === undefined || tells === 'gone' ? tells : { parts: tells, toldAt: at }
  const about = { object, ...(shadow !== undefined && { shadow }) }
  if (told.type === 'told') return about
  const tried = attempts + 1
  const reason = clean(told.reason, longestReason)
  if (told.type === 'refused') return { ...about, again: { attempts: tried, reason } }
  return { ...about, again: { attempts: tried, reason, nextAt: at + (told.retryAfterMs ?? retryAfter(tried)) } }
}
