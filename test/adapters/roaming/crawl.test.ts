import { describe, expect, it } from 'vitest'
import { crawl, type Crawl, type CrawlStep } from '../../../adapters/roaming/ocpi/crawl.ts'
import { noQuirks, type RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { ModuleCall, ModuleReply } from '../../../core/ports/roaming.ts'
import { TestClock } from '../../support/clock.ts'

const here = 'https://emp.example/ocpi/2.3.0/tokens'

const partner: RoamingPartner = {
  tenant: 'default',
  id: 'emp',
  state: 'registered',
  since: 0,
  roles: [],
  endpoints: [{ module: 'tokens', role: 'SENDER', url: here }],
  quirks: noQuirks,
  checks: [],
  changedAt: 0,
}

const page = (
  items: readonly unknown[],
  link?: string,
  headers: Readonly<Record<string, string>> = {},
): ModuleReply => ({
  type: 'done',
  data: items,
  code: 1000,
  status: 200,
  headers: { ...headers, ...(link !== undefined && { link: `<${link}>; rel="next"` }) },
})

/** What becomes of a list whose partner answers these one after the other, and what it was asked. */
const read = async (
  replies: readonly ModuleReply[],
  wanted: Partial<Crawl> = {},
  of: RoamingPartner = partner,
): Promise<{ readonly steps: readonly CrawlStep[]; readonly calls: readonly ModuleCall[] }> => {
  const clock = new TestClock()
  const calls: ModuleCall[] = []
  const steps: CrawlStep[] = []
  const call = async (_: RoamingPartner, asked: ModuleCall): Promise<ModuleReply> => {
    calls.push(asked)
    return replies[Math.min(calls.length, replies.length) - 1] ?? { type: 'absent', reason: 'nothing is there' }
  }
  const reading = (async () => {
    for await (const step of crawl({ call, timers: clock }, of, { module: 'tokens', ...wanted })) steps.push(step)
  })()
  await clock.pass(600_000)
  await reading
  return { steps, calls }
}

const itemsOf = (steps: readonly CrawlStep[]): readonly unknown[] =>
  steps.flatMap((step) => (step.type === 'page' ? step.items : []))
const endOf = (steps: readonly CrawlStep[]) => steps.at(-1)

describe('a list of a partner', () => {
  it('is read from the first to the last page, by the links of the partner', async () => {
    const { steps, calls } = await read([
      page([1, 2], `${here}?offset=2&limit=2&date_from=x`, { 'x-total-count': '3' }),
      page([3]),
    ])
    expect(itemsOf(steps)).toEqual([1, 2, 3])
    expect(steps[0]).toMatchObject({ page: 1, total: 3 })
    expect(endOf(steps)).toEqual({ type: 'end', outcome: 'whole', reason: '3 on 2 pages' })
    expect(calls[1]).toMatchObject({ url: `${here}?offset=2&limit=2&date_from=x` })
    expect(calls[1]).not.toHaveProperty('query')
  })

  it('is asked for from a time on, and never until one', async () => {
    const { calls } = await read([page([])], { from: Date.UTC(2026, 10, 24, 12, 0, 0, 999), limit: 50 })
    expect(calls[0]?.query).toEqual({ date_from: '2026-11-24T12:00:00Z', offset: '0', limit: '50' })
  })

  it('of one object a page is read as well', async () => {
    const one = (at: number): ModuleReply => page([at], `${here}?offset=${at + 1}&limit=1`)
    const { steps } = await read([one(0), one(1), one(2), page([3])])
    expect(itemsOf(steps)).toEqual([0, 1, 2, 3])
  })

  it('with an empty page in its middle goes on behind it', async () => {
    const { steps } = await read([page([1], `${here}?offset=1`), page([], `${here}?offset=2`), page([2])])
    expect(itemsOf(steps)).toEqual([1, 2])
    expect(endOf(steps)).toMatchObject({ outcome: 'whole' })
  })

  it('whose link leads to its own page ends, and is not whole', async () => {
    const { steps, calls } = await read([page([1], `${here}?offset=0`)])
    expect(endOf(steps)).toMatchObject({
      outcome: 'failed',
      reason: 'the link to page 3 leads back to an earlier page',
    })
    expect(calls).toHaveLength(2)
  })

  it('whose link leads to another host is not followed there: our token is for the one that gave it', async () => {
    const { steps, calls } = await read([page([1], 'https://elsewhere.example/tokens?offset=1')])
    expect(endOf(steps)).toMatchObject({ outcome: 'failed' })
    expect(calls).toHaveLength(1)
  })

  it('may have links that are relative, or stand among others', async () => {
    const other = { link: `<${here}?offset=0>; rel="first", <?offset=1>; title="next"; rel=next` }
    const { steps, calls } = await read([{ ...page([1]), headers: other } as ModuleReply, page([2])])
    expect(itemsOf(steps)).toEqual([1, 2])
    expect(calls[1]?.url).toBe(`${here}?offset=1`)
  })

  it('that never ends is left at its bound', async () => {
    let at = 0
    const endless = new Proxy<ModuleReply[]>([], {
      get: (_, name) => (name === 'length' ? Infinity : page([at++], `${here}?offset=${at}`)),
    })
    const { steps, calls } = await read(endless, { mostPages: 5 })
    expect(calls).toHaveLength(5)
    expect(endOf(steps)).toMatchObject({ outcome: 'failed', reason: 'it has more than 5 pages' })
  })

  it('is asked for again where it cannot be given now, as late as the partner wants it', async () => {
    const busy: ModuleReply = { type: 'failed', reason: 'it answered 429', status: 429, retryAfterMs: 20_000 }
    const { steps, calls } = await read([busy, { type: 'unclear', reason: 'its answer broke off' }, page([1])])
    expect(itemsOf(steps)).toEqual([1])
    expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
  })

  it('is given up after some attempts; what was read before is kept', async () => {
    const { steps, calls } = await read([page([1], `${here}?offset=1`), { type: 'failed', reason: 'it answered 500' }])
    expect(itemsOf(steps)).toEqual([1])
    expect(endOf(steps)).toEqual({ type: 'end', outcome: 'failed', reason: 'page 2: it answered 500' })
    expect(calls).toHaveLength(5)
  })

  it('that is refused, or is none, is not asked for again', async () => {
    const refused = await read([{ type: 'refused', status: 404, reason: 'it answered 404' }])
    const none = await read([{ ...page([]), data: { tokens: [] } } as ModuleReply])
    expect([endOf(refused.steps), refused.calls.length]).toEqual([
      { type: 'end', outcome: 'refused', reason: 'page 1: it answered 404' },
      1,
    ])
    expect(endOf(none.steps)).toMatchObject({ outcome: 'failed', reason: 'page 1 is no list' })
  })
})

it('a page for a partner that bears few objects is asked for with no more than those', async () => {
  const short = { ...partner, quirks: { ...noQuirks, pageLimit: 20 } }
  const { calls } = await read([page([])], {}, short)
  expect(calls[0]?.query?.['limit']).toBe('20')
})
