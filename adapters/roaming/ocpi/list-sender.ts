import type { Json } from '../../../core/roaming/field.ts'
import type { Kind, Objects } from '../../../core/roaming/objects/index.ts'
import { toWire } from '../../../core/roaming/wire.ts'
import type { ListFilter, PublishedObject, PublishedStore, RoamingModule } from '../../../core/ports/roaming.ts'
import { type Answer, codes, refusal, success } from './envelope.ts'
import { exchangeOf } from './exchange-of.ts'
import { knownTo } from './known.ts'
import { cursorText, type ListQuery, listQueryOf } from './list-query.ts'
import type { Lost } from './losses.ts'
import type { ModuleRequest } from './module.ts'

export interface ListSender {
  readonly module: RoamingModule
  readonly kind: Kind
  /** Sessions are listed only from a date on (mod_sessions, Sender interface). */
  readonly requires?: 'date_from'
}

export interface ListParts {
  readonly published: PublishedStore
}

/** What a partner finds in one answer, unless it bears less. */
const mostOnPage = 100

/**
 * A page of the objects of ours that a partner may see, in the order in which they came to be (OCPI 2.3.0 transport,
 * "Pagination"). The next page begins behind the last object of this one, so that a crawl skips nothing however much
 * changes meanwhile; whoever counts for itself may.
 */
export const listed = async (
  { published }: ListParts,
  { module, kind, requires }: ListSender,
  asked: ModuleRequest,
): Promise<Answer> => {
  const { partner, version, query, routing, base } = asked
  const most = Math.min(mostOnPage, partner.quirks.pageLimit ?? mostOnPage)
  if (requires !== undefined && !query.has(requires)) return refusal(codes.invalid, `${requires} is required`)
  const wanted = listQueryOf(query, most)
  if ('fault' in wanted) return refusal(codes.invalid, wanted.fault)
  const filter = { partner: partner.id, ...wanted.filter, ...(routing.to !== undefined && { owner: routing.to }) }
  const { tenant } = partner
  const page = await published.list(tenant, module, filter, wanted)
  const count = wanted.count ?? (await countOf(published, { tenant, module, filter, wanted, page }))
  const known = knownTo(published, partner)
  const data: Json[] = []
  const losses: Lost[] = []
  for (const object of page.items) {
    const exchange = exchangeOf({ ...partner, version }, kind, await known(object))
    const sent = toWire(object.body as unknown as Objects[Kind], exchange)
    losses.push(...sent.losses)
    if (sent.body !== undefined) data.push(sent.body)
  }
  const last = page.items.at(-1)
  return {
    ...success(data),
    losses,
    headers: {
      'x-total-count': String(count),
      'x-limit': String(most),
      ...(page.isMore && last !== undefined && { link: `<${base}?${nextOf(query, wanted, last, count)}>; rel="next"` }),
    },
  }
}

interface Page {
  readonly items: readonly PublishedObject[]
  readonly isMore: boolean
}

interface Counted {
  readonly tenant: string
  readonly module: RoamingModule
  readonly filter: ListFilter
  readonly wanted: ListQuery
  readonly page: Page
}

/** To count costs more than a page (handbook/roaming.md §0.8): it is done once a crawl, and not where the page tells it. */
const countOf = (published: PublishedStore, { tenant, module, filter, wanted, page }: Counted): Promise<number> => {
  const { items, isMore } = page
  const isLast = !isMore && (items.length > 0 || wanted.offset === 0)
  return isLast ? Promise.resolve(wanted.offset + items.length) : published.count(tenant, module, filter)
}

/** Everything that was asked for stays as it was. */
const nextOf = (query: URLSearchParams, { offset, limit }: ListQuery, last: PublishedObject, count: number): string => {
  const next = new URLSearchParams(query)
  next.set('offset', String(offset + limit))
  next.set('limit', query.get('limit') ?? String(limit))
  next.set('cursor', cursorText(last.serial, count))
  return next.toString()
}
