import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import { clean } from '../../../core/domain/text.ts'
import type { ObjectRef, PublishedObject, PublishedStore, RoamingModule } from '../../../core/ports/roaming.ts'
import type { DoChore } from '../../../core/ports/roaming-chores.ts'
import { isJson, type Json } from '../../../core/roaming/field.ts'
import { firstDifference } from '../../../core/roaming/difference.ts'
import type { Kind, Objects } from '../../../core/roaming/objects/index.ts'
import { ownerOf } from '../../../core/roaming/owner.ts'
import { fromWire, toWire } from '../../../core/roaming/wire.ts'
import { exchangeOf } from './exchange-of.ts'
import { reconcileCdrs, type ReconcileCdrsParts } from './reconcile-cdrs.ts'
import { after, counted, type Found, mostLooks, mostUnclear, pageSize } from './reconciled.ts'

export interface ReconcileParts extends ReconcileCdrsParts {
  readonly published: PublishedStore
  /** Has these told again to partners, as they are now. */
  readonly resend: (refs: readonly ObjectRef[]) => Promise<void>
}

const kinds: Readonly<Partial<Record<RoamingModule, Kind>>> = {
  locations: 'location',
  tariffs: 'tariff',
  tokens: 'token',
  sessions: 'session',
}

const day = 86_400_000
/** A session that is over is in its CDR. */
const recentMs: Readonly<Partial<Record<RoamingModule, number>>> = { sessions: 2 * day }

/**
 * Looks whether a partner has what we have told it, object by object, through the GET of its receiver (OCPI 2.3.0,
 * mod_locations and others), and has told again what it lacks or has otherwise.
 */
export const reconcile =
  (parts: ReconcileParts): DoChore =>
  async (partner, wanted, keep) => {
    const { module, run } = wanted
    let { progress } = wanted
    if (module === 'cdrs') return reconcileCdrs(parts)(partner, wanted, keep)
    const kind = kinds[module]
    if (kind === undefined) return { type: 'failed', progress, reason: `${module} cannot be looked up one by one` }
    const recent = recentMs[module]
    const filter = { partner: partner.id, ...(recent !== undefined && { from: parts.clock.now() - recent }) }
    const total = await parts.published.count(partner.tenant, module, filter)
    const every = Math.max(1, Math.ceil(total / mostLooks))
    let place = progress.next === undefined ? 0 : Number(progress.next)
    for (let isMore = true, unclear = 0; isMore;) {
      const page = await parts.published.list(partner.tenant, module, filter, {
        start: { after: place },
        limit: pageSize,
      })
      const again: ObjectRef[] = []
      for (const object of page.items) {
        if (object.serial % every !== run % every) continue
        const found = await look(parts, partner, { kind, object })
        if (found.as === 'dumb') return { type: 'failed', progress, reason: found.note ?? '' }
        unclear = found.as === 'unclear' ? unclear + 1 : 0
        progress = after(progress, found)
        if (unclear >= mostUnclear) return { type: 'failed', progress, reason: found.note ?? '' }
        if (found.as === 'missing' || found.as === 'differed') again.push(object)
      }
      if (again.length > 0) {
        await parts.resend(again)
        progress = counted(progress, 'resent', again.length)
      }
      place = page.items.at(-1)?.serial ?? place
      isMore = page.isMore
      progress = { ...progress, next: String(place), total }
      if (!(await keep(progress))) return { type: 'left' }
    }
    const { next: _, ...done } = progress
    return { type: 'done', progress: done, next: { whole: true } }
  }

const look = async (
  { call }: ReconcileParts,
  partner: RoamingPartner,
  { kind, object }: { readonly kind: Kind; readonly object: PublishedObject },
): Promise<Found> => {
  const { owner, id, module } = object
  const terms = exchangeOf(partner, kind, { owner: ownerOf(owner) })
  // what was published has the shape that its table says
  const ours = toWire(object.body as unknown as Objects[Kind], terms).body
  if (ours === undefined) return { as: 'unsayable', note: `${id}: its version cannot say it` }
  const [uid = id, type] = module === 'tokens' ? id.split(' ') : [id]
  const reply = await call(partner, {
    module,
    role: 'RECEIVER',
    method: 'GET',
    path: [owner.country, owner.party, uid],
    ...(type !== undefined && { query: { type } }),
    from: owner,
    kind: 'pull',
    object: clean(id, 200),
  })
  if (reply.type === 'refused')
    return reply.status === 405 || reply.status === 401
      ? { as: 'dumb', note: `it does not show what it has: ${reply.reason}` }
      : { as: 'missing', note: `${id}: ${reply.reason}` }
  if (reply.type === 'absent') return { as: 'dumb', note: reply.reason }
  if (reply.type !== 'done') return { as: 'unclear', note: `${id}: ${reply.reason}` }
  const theirs = Array.isArray(reply.data) && reply.data.length === 1 ? (reply.data[0] as unknown) : reply.data
  if (!isJson(theirs)) return { as: 'missing', note: `${id}: it has answered without it` }
  const [a, b] = [ours, theirs].map((one): Json => {
    const read = fromWire(one, terms).object as Json | undefined
    return read ?? one
  })
  const where = a === undefined || b === undefined ? '' : firstDifference(a, b)
  return where === undefined ? { as: 'same' } : { as: 'differed', note: `${id}: it has another ${where}` }
}
