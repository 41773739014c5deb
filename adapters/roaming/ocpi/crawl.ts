import type { PartyCode } from '../../../core/domain/party-code.ts'
import type { Quirks, RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { CallModule, ModuleCall, ModuleReply } from '../../../core/ports/roaming.ts'
import type { Timers } from '../../../core/ports/timers.ts'
import { timestamp } from './envelope.ts'

/** Which of a partner's lists is read. */
export interface Crawl {
  readonly module: string
  /** Only what has changed since then, by the partner's clock; absent: everything that it has. */
  readonly from?: number
  /** Objects on a page, if the partner does not want to give fewer. */
  readonly limit?: number
  /** The party of ours that asks, and the one that is asked; absent: whomever it concerns. */
  readonly asking?: PartyCode
  readonly asked?: PartyCode
  /** More than these are no list any more. */
  readonly mostPages?: number
}

export type CrawlStep =
  | {
      readonly type: 'page'
      /** From 1. */
      readonly page: number
      /** Objects as they came: whoever asked reads them by the partner's version. */
      readonly items: readonly unknown[]
      /** How many there are in all, by the partner's word. */
      readonly total?: number
    }
  /** Always the last: `whole` is all that the partner has said it has. */
  | { readonly type: 'end'; readonly outcome: 'whole' | 'absent' | 'refused' | 'failed'; readonly reason: string }

const usualLimit = 100
const usualPages = 100_000
/** After so long the same page is asked for again; then no more. */
const waitsMs = [1_000, 5_000, 30_000] as const
const longestWaitMs = 120_000
const timeoutMs = 30_000

/**
 * A list of a partner's, page by page (OCPI 2.3.0 transport, "Paginated response"). It follows the partner's links and never
 * says until when (`date_to`): what changes while it is read would leave the window. Nothing is thrown, and no page is
 * asked for twice once it was there.
 */
export async function* crawl(
  { call, timers }: { readonly call: CallModule; readonly timers: Timers },
  partner: RoamingPartner,
  wanted: Crawl,
): AsyncGenerator<CrawlStep, void> {
  const { mostPages = usualPages } = wanted
  const seen = new Set<string>()
  let next = firstOf(wanted, partner.quirks)
  let items = 0
  for (let page = 1; page <= mostPages; page++) {
    const reply = await insisted({ call, timers }, partner, next)
    if (reply.type !== 'done') {
      const outcome = reply.type === 'unclear' ? 'failed' : reply.type
      return yield { type: 'end', outcome, reason: `page ${page}: ${reply.reason}` }
    }
    if (!Array.isArray(reply.data)) return yield failed(`page ${page} is no list`)
    const total = countIn(reply.headers['x-total-count'])
    items += reply.data.length
    yield { type: 'page', page, items: reply.data, ...(total !== undefined && { total }) }
    const link = nextIn(reply.headers['link'])
    if (link === undefined) return yield { type: 'end', outcome: 'whole', reason: `${items} on ${page} pages` }
    const url = followed(link, next.url ?? addressIn(partner, wanted))
    if (url === undefined) return yield failed(`the link to page ${page + 1} leads to another host: ${link}`)
    if (seen.has(url)) return yield failed(`the link to page ${page + 1} leads back to an earlier page`)
    seen.add(url)
    next = { ...baseOf(wanted), url }
  }
  yield failed(`it has more than ${mostPages} pages`)
}

const failed = (reason: string): CrawlStep => ({ type: 'end', outcome: 'failed', reason })

const baseOf = ({ module, asking, asked }: Crawl): ModuleCall => ({
  module,
  role: 'SENDER',
  method: 'GET',
  kind: 'pull',
  timeoutMs,
  ...(asking !== undefined && { from: asking }),
  ...(asked !== undefined && { to: asked }),
})

const firstOf = (wanted: Crawl, { pageLimit = Infinity }: Pick<Quirks, 'pageLimit'>): ModuleCall => ({
  ...baseOf(wanted),
  query: {
    ...(wanted.from !== undefined && { date_from: timestamp(wanted.from) }),
    offset: '0',
    limit: String(Math.min(wanted.limit ?? usualLimit, pageLimit)),
  },
})

/** What cannot be answered now is asked for again, as late as the partner wants it. */
const insisted = async (
  { call, timers }: { readonly call: CallModule; readonly timers: Timers },
  partner: RoamingPartner,
  wanted: ModuleCall,
): Promise<ModuleReply> => {
  for (let attempt = 1; ; attempt++) {
    const reply = await call(partner, { ...wanted, attempt })
    const waitMs = waitsMs[attempt - 1]
    if (waitMs === undefined || (reply.type !== 'failed' && reply.type !== 'unclear')) return reply
    const saidMs = reply.type === 'failed' ? (reply.retryAfterMs ?? 0) : 0
    if (saidMs > longestWaitMs) return reply
    await new Promise<void>((go) => timers.after(Math.max(waitMs, saidMs), go))
  }
}

/** Of `<…>; rel="next", <…>; rel="prev"` the address that comes next (RFC 8288). */
const nextIn = (header: string | undefined): string | undefined => {
  for (const [, url, parameters = ''] of (header ?? '').matchAll(/<([^>]*)>([^<]*)/g))
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(parameters)) return url
  return undefined
}

/** Our token goes with it: so to no other host than the one that we have it for. */
const followed = (link: string, here: string | undefined): string | undefined => {
  if (here === undefined || !URL.canParse(link, here)) return undefined
  const url = new URL(link, here)
  return url.host === new URL(here).host ? url.href : undefined
}

const addressIn = ({ endpoints }: RoamingPartner, { module }: Crawl): string | undefined =>
  endpoints.find((one) => one.module === module && one.role === 'SENDER')?.url

const countIn = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,15}$/.test(header.trim()) ? Number(header) : undefined
