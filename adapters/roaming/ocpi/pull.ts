import type { PartyCode } from '../../../core/domain/party-code.ts'
import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import { canonical } from '../../../core/domain/canonical.ts'
import { clean } from '../../../core/domain/text.ts'
import type { CallModule, RoamingModule } from '../../../core/ports/roaming.ts'
import type { ChoreProgress, DoChore } from '../../../core/ports/roaming-chores.ts'
import type { Timers } from '../../../core/ports/timers.ts'
import { isJson, type Json } from '../../../core/roaming/field.ts'
import type { Cdr } from '../../../core/roaming/model.ts'
import { listed } from '../../../core/roaming/told.ts'
import { fromWire } from '../../../core/roaming/wire.ts'
import { crawl, type CrawlPlace } from './crawl.ts'
import { knownFrom } from './known-from.ts'
import { keepCdr } from './modules/cdrs-receiver.ts'
import type { ModuleParts } from './modules/parts.ts'
import { faultText, ownerIn } from './modules/told.ts'
import { pullTokens } from './pull-tokens.ts'

export interface PullParts extends Pick<ModuleParts, 'received' | 'receivedTokens' | 'ownTokens' | 'alarm' | 'clock'> {
  readonly call: CallModule
  readonly timers: Timers
}

/** The lists of CPOs that we read; tokens are read elsewhere, for they decide who may charge. */
const kinds = { locations: 'location', tariffs: 'tariff', sessions: 'session', cdrs: 'cdr' } as const
type Pulled = keyof typeof kinds
const isPulled = (module: string): module is Pulled => module in kinds

/** What a list no longer has is no more; sessions and CDRs stay, they are what has been. */
const isTruth: Readonly<Record<Pulled, boolean>> = { locations: true, tariffs: true, sessions: false, cdrs: false }

const mostNotes = 20

/** Reads a list of a partner's, from where it was left, and keeps what is in it (OCPI 2.3.0 transport, “Paginated response”). */
export const pull =
  (parts: PullParts): DoChore =>
  async (partner, chore, keep) => {
    const { module, wanted, run, beganAt = parts.clock.now() } = chore
    let progress = chore.progress
    if (module === 'tokens') return pullTokens(parts)(partner, chore, keep)
    if (!isPulled(module)) return { type: 'failed', progress, reason: `${String(module)} are not pulled` }
    const startAt = placeOf(progress)
    // the list of sessions wants to know since when
    const from = wanted.from ?? (module === 'sessions' ? 0 : undefined)
    const list = { module, ...(from !== undefined && { from }), ...(startAt && { startAt }) }
    for await (const step of crawl(parts, partner, list)) {
      if (step.type === 'end') {
        if (step.outcome !== 'whole') return { type: 'failed', progress, reason: step.reason }
        const newest = await parts.received.newest({ tenant: partner.tenant, partner: partner.id, module })
        const isStale = beganAt - (wanted.whole ? beganAt : (chore.wholeAt ?? 0)) > wholeEveryMs
        return {
          type: 'done',
          progress: await swept(parts, partner, { module, wanted, run, beganAt }, progress),
          next: isStale ? { whole: true } : { whole: false, from: deltaFrom(module, newest, beganAt) },
        }
      }
      for (const item of step.items) progress = after(progress, await kept(parts, partner, { module, run, item }))
      const { next: _, ...rest } = progress
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

const placeOf = ({ next }: ChoreProgress): CrawlPlace | undefined =>
  next === undefined ? undefined : (JSON.parse(next) as CrawlPlace)

interface Item {
  readonly module: Pulled
  readonly run: number
  readonly item: unknown
}

interface Came {
  /** `new`, `changed`, `same`, `refused`. */
  readonly as: string
  readonly note?: string
  /** Nobody can say which one it was. */
  readonly isNameless?: boolean
}

const kept = async (parts: PullParts, partner: RoamingPartner, { module, run, item }: Item): Promise<Came> => {
  const said = namedIn(partner, item)
  const read = fromWire(item, {
    kind: kinds[module],
    version: partner.version ?? '2.3.0',
    known: await knownFrom(parts, { partner, owner: said.owner, value: item }),
  })
  const { tenant, id } = partner
  if (read.object === undefined || said.owner === undefined || said.id === undefined) {
    const why = read.object === undefined ? faultText(read.faults) : 'its party is not on the platform'
    const isNameless = said.id === undefined || (said.owner === undefined && read.object === undefined)
    if (said.owner !== undefined && said.id !== undefined)
      await parts.received.seen({ tenant, module, owner: said.owner, id: said.id }, run)
    return { as: 'refused', note: `${said.id ?? 'one without an id'}: ${why}`, isNameless }
  }
  const object = read.object as unknown as Json
  if (module === 'cdrs') {
    const as = await keepCdr(parts, partner, read.object as Cdr)
    return as === 'another' ? { as: 'refused', note: `${said.id}: we have another CDR of this id` } : { as }
  }
  let isNew = false
  const decide = listed(object)
  const done = await parts.received.change(
    { tenant, module, owner: said.owner, id: said.id },
    { partner: id, at: parts.clock.now(), crawl: run },
    (had) => {
      isNew = had === undefined || had.isRemoved
      return had !== undefined && !isNew && canonical(had.body) === canonical(object) ? 'stale' : decide(had)
    },
  )
  return { as: typeof done === 'string' ? 'same' : isNew ? 'new' : 'changed' }
}

/** Whose it is and what it is called, however bad the rest of it is; in 2.1.1 it is the only CPO's there. */
const namedIn = (
  partner: RoamingPartner,
  item: unknown,
): { readonly owner?: PartyCode | undefined; readonly id?: string | undefined } => {
  const { country_code: country, party_id: party, id } = isJson(item) ? item : {}
  const operators = partner.roles.filter(({ role }) => role === 'CPO')
  const alone = operators.length === 1 ? operators[0]?.code : undefined
  return {
    owner: typeof country === 'string' && typeof party === 'string' ? ownerIn(partner, country, party) : alone,
    id: typeof id === 'string' && id !== '' ? clean(id) : undefined,
  }
}

const after = (progress: ChoreProgress, { as, note, isNameless = false }: Came): ChoreProgress => ({
  ...progress,
  counts: { ...progress.counts, [as]: (progress.counts[as] ?? 0) + 1 },
  notes:
    note === undefined || progress.notes.length >= mostNotes ? progress.notes : [...progress.notes, clean(note, 300)],
  isSound: progress.isSound && !isNameless,
})

const swept = async (
  { received }: PullParts,
  { tenant, id: partner }: RoamingPartner,
  {
    module,
    wanted,
    run,
    beganAt,
  }: {
    readonly module: Pulled
    readonly wanted: { readonly whole: boolean }
    readonly run: number
    readonly beganAt: number
  },
  progress: ChoreProgress,
): Promise<ChoreProgress> => {
  if (!wanted.whole || !isTruth[module] || !progress.isSound) return progress
  // a list that ended before what it said it has is not all of it
  if (progress.total !== undefined && progress.items < progress.total) return progress
  const removed = await received.sweep({ tenant, partner, module }, { number: run, began: beganAt })
  return removed === 0 ? progress : { ...progress, counts: { ...progress.counts, removed } }
}

const hour = 3_600_000
const day = 24 * hour
/** What has left a list is found by reading all of it. */
const wholeEveryMs = 7 * day

/** How far before the newest that we have a delta begins: clocks differ, and CDRs must not be missed. */
const overlapMs: Readonly<Record<Pulled, number>> = {
  locations: hour,
  tariffs: hour,
  sessions: 2 * day,
  cdrs: 31 * day,
}

/** From when on the next nightly delta asks. A `last_updated` that lies ahead of our clock moves nothing out of sight. */
export const deltaFrom = (module: RoamingModule, newest: number | undefined, doneAt: number): number =>
  Math.max(0, Math.min(newest ?? doneAt, doneAt) - (isPulled(module) ? overlapMs[module] : day))
