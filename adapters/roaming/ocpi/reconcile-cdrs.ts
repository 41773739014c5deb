import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import { clean } from '../../../core/domain/text.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import type { CallModule } from '../../../core/ports/roaming.ts'
import type { ConfirmedCdr, ConfirmedCdrs } from '../../../core/ports/roaming-cdrs.ts'
import type { DoChore } from '../../../core/ports/roaming-chores.ts'
import { isCdr, isOfModule } from './cdr-location.ts'
import { after, counted, type Found, mostLooks, mostUnclear, pageSize } from './reconciled.ts'

export interface ReconcileCdrsParts {
  readonly confirmed: ConfirmedCdrs
  readonly call: CallModule
  readonly clock: Clock
}

/**
 * Looks whether a partner still has the accounts that it has confirmed, where it has said itself that it keeps them (OCPI
 * 2.3.0 mod_cdrs: they have no other address), and sends those anew that it has lost: as they were, under the same id. One
 * that it loses again is for a person to look at.
 */
export const reconcileCdrs =
  ({ confirmed, call, clock }: ReconcileCdrsParts): DoChore =>
  async (partner, { run, ...chore }, keep) => {
    let { progress } = chore
    const { tenant, id } = partner
    const total = await confirmed.count(tenant, id)
    const every = Math.max(1, Math.ceil(total / mostLooks))
    let place = progress.next === undefined ? 0 : Number(progress.next)
    for (let isMore = true, unclear = 0; isMore;) {
      const page = await confirmed.list(tenant, id, { after: place, limit: pageSize })
      const lost: string[] = []
      for (const cdr of page) {
        if (cdr.number % every !== run % every) continue
        const found = await look(call, partner, cdr)
        if (found.as === 'dumb') return { type: 'failed', progress, reason: found.note ?? '' }
        unclear = found.as === 'unclear' ? unclear + 1 : 0
        progress = after(progress, found)
        if (unclear >= mostUnclear) return { type: 'failed', progress, reason: found.note ?? '' }
        if (found.as === 'missing' && !cdr.isAnew) lost.push(cdr.document)
      }
      if (lost.length > 0)
        progress = counted(progress, 'resent', await confirmed.sendAnew(tenant, id, lost, clock.now()))
      place = page.at(-1)?.number ?? place
      isMore = page.length === pageSize
      progress = { ...progress, next: String(place), total }
      if (!(await keep(progress))) return { type: 'left' }
    }
    const { next: _, ...done } = progress
    return { type: 'done', progress: done, next: { whole: true } }
  }

const look = async (call: CallModule, partner: RoamingPartner, cdr: ConfirmedCdr): Promise<Found> => {
  const { from, to, id, location, isAnew } = cdr
  // nobody else is shown the partner's token
  if (location === undefined || !isOfModule(location, partner)) return { as: 'unseen' }
  const reply = await call(partner, {
    module: 'cdrs',
    role: 'RECEIVER',
    method: 'GET',
    url: location,
    from,
    to,
    kind: 'pull',
    object: clean(id, 200),
  })
  if (reply.type === 'absent') return { as: 'dumb', note: reply.reason }
  if (reply.type === 'refused' && [401, 403, 405].includes(reply.status))
    return { as: 'dumb', note: `it does not show what it has: ${reply.reason}` }
  const again = isAnew ? ', again: it is not sent anew by itself' : ''
  if (reply.type === 'refused') return { as: 'missing', note: `${id}: ${reply.reason}${again}` }
  if (reply.type !== 'done') return { as: 'unclear', note: `${id}: ${reply.reason}` }
  if (isCdr(reply.data, id)) return { as: 'same' }
  return { as: 'missing', note: `${id}: it has answered without it${again}` }
}
