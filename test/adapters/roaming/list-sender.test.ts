import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../adapters/roaming/ocpi/envelope.ts'
import { listed } from '../../../adapters/roaming/ocpi/list-sender.ts'
import type { ModuleRequest } from '../../../adapters/roaming/ocpi/module.ts'
import { locationsSender } from '../../../adapters/roaming/ocpi/modules/locations-sender.ts'
import { noQuirks, type RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import { dateTime } from '../../../core/roaming/date-time.ts'
import type { ListFilter, PublishedObject, PublishedStore } from '../../../core/ports/roaming.ts'

const noon = Date.UTC(2026, 10, 27, 12)
const base = 'https://cpo.example/ocpi/default/2.3.0/sender/locations'

const partner: RoamingPartner = {
  tenant: 'default',
  id: 'emp',
  state: 'registered',
  since: noon,
  roles: [],
  endpoints: [],
  quirks: noQuirks,
  checks: [],
  changedAt: noon,
}

/** One that changed so many seconds after noon. */
const object = (serial: number, seconds = serial, more: Partial<PublishedObject> = {}): PublishedObject => ({
  tenant: 'default',
  module: 'locations',
  owner: { country: 'DE', party: 'ABC' },
  id: `L${serial}`,
  serial,
  revision: serial,
  lastUpdated: noon + seconds * 1_000,
  isRemoved: false,
  body: {
    country_code: 'DE',
    party_id: 'ABC',
    id: `L${serial}`,
    publish: true,
    address: 'Street 1',
    city: 'Berlin',
    country: 'DEU',
    coordinates: { latitude: '52.520008', longitude: '13.404954' },
    time_zone: 'Europe/Berlin',
    evses: [
      {
        uid: `E${serial}`,
        status: 'REMOVED',
        connectors: [
          {
            id: '1',
            standard: 'IEC_62196_T2',
            format: 'SOCKET',
            power_type: 'AC_3_PHASE',
            max_voltage: 230,
            max_amperage: 32,
            last_updated: dateTime(noon),
          },
        ],
        last_updated: dateTime(noon),
      },
    ],
    last_updated: dateTime(noon + seconds * 1_000),
  },
  ...more,
})

/** What is published, in memory, and how often it was counted. */
class Published implements PublishedStore {
  objects: readonly PublishedObject[]
  counts = 0
  constructor(...objects: readonly PublishedObject[]) {
    this.objects = objects
  }
  async list(_: string, __: string, filter: ListFilter, { start, limit }: Parameters<PublishedStore['list']>[3]) {
    const all = this.#wanted(filter).toSorted((a, b) => a.serial - b.serial)
    const rest = 'after' in start ? all.filter(({ serial }) => serial > start.after) : all.slice(start.offset)
    return { items: rest.slice(0, limit), isMore: rest.length > limit }
  }
  async count(_: string, __: string, filter: ListFilter) {
    this.counts++
    return this.#wanted(filter).length
  }
  async find({ id, owner }: Parameters<PublishedStore['find']>[0]) {
    return this.objects.find(
      (one) => one.id.toLowerCase() === id.toLowerCase() && (owner === undefined || owner.party === one.owner.party),
    )
  }
  since = async () => []
  #wanted({ partner: who, from = -Infinity, to = Infinity, owner }: ListFilter) {
    return this.objects.filter(
      (one) =>
        !one.isRemoved &&
        one.lastUpdated >= from &&
        one.lastUpdated < to &&
        (one.partner === undefined || one.partner === who) &&
        (owner === undefined || owner.party === one.owner.party),
    )
  }
}

const asked = (query: string, more: Partial<ModuleRequest> = {}): ModuleRequest => ({
  partner,
  version: '2.3.0',
  method: 'GET',
  path: [],
  routing: {},
  base,
  query: new URLSearchParams(query),
  headers: new Headers(),
  body: '',
  ...more,
})

const list = (published: Published, query: string, more: Partial<ModuleRequest> = {}): Promise<Answer> =>
  listed({ published }, { module: 'locations', kind: 'location' }, asked(query, more))
const idsIn = ({ data }: Answer): readonly string[] => (data as readonly { readonly id: string }[]).map(({ id }) => id)
const linkIn = ({ headers }: Answer): URL | undefined => {
  const [, url] = /^<([^>]+)>; rel="next"$/.exec(headers?.['link'] ?? '') ?? []
  return url === undefined ? undefined : new URL(url)
}
const all = (count: number): readonly PublishedObject[] => Array.from({ length: count }, (_, i) => object(i + 1))

/** As a partner does it: by the links, doing something between the pages. */
const crawl = async (published: Published, query: string, between = (_page: number): void => {}) => {
  const found: string[] = []
  const totals = new Set<string | undefined>()
  let next: string | undefined = query
  for (let page = 1; next !== undefined; page++) {
    const answer: Answer = await list(published, next)
    found.push(...idsIn(answer))
    totals.add(answer.headers?.['x-total-count'])
    next = linkIn(answer)?.search
    between(page)
  }
  return { found, totals: [...totals] }
}

describe('roaming.md §11.3, paging: a list of ours', () => {
  it('update during crawl: nothing is skipped, nothing comes twice', async () => {
    const published = new Published(...all(10))
    const { found } = await crawl(published, 'limit=2', (page) => {
      published.objects = published.objects.map((one) =>
        one.serial <= page * 3 ? { ...one, lastUpdated: noon + 3_600_000 } : one,
      )
    })
    expect(found).toEqual(all(10).map(({ id }) => id))
  })

  it('update during crawl with date_to: what leaves the window shifts nobody else out of it', async () => {
    const published = new Published(...all(9))
    const { found } = await crawl(published, 'limit=2&date_to=2026-11-27T13:00:00Z', (page) => {
      if (page === 1)
        published.objects = published.objects.map((one) =>
          one.serial === 1 ? { ...one, lastUpdated: noon + 7_200_000 } : one,
        )
    })
    expect(found).toEqual(all(9).map(({ id }) => id))
  })

  it('is counted once a crawl, exactly', async () => {
    const published = new Published(...all(7), object(8, 8, { partner: 'another' }), object(9, 9, { isRemoved: true }))
    expect([await crawl(published, 'limit=2'), published.counts]).toEqual([
      { found: all(7).map(({ id }) => id), totals: ['7'] },
      1,
    ])
  })

  it('1-item pages', async () => {
    expect((await crawl(new Published(...all(3)), 'limit=1')).found).toEqual(['L1', 'L2', 'L3'])
  })

  it.each(['0', '-1', '1.5', 'ten', ''])('limit %j is refused with 2001', async (limit) => {
    expect(await list(new Published(...all(2)), `limit=${limit}`)).toMatchObject({ code: 2001 })
  })

  it('limit huge: as many as a page has, and X-Limit says how many these are', async () => {
    const answer = await list(new Published(...all(120)), `limit=${'9'.repeat(400)}`)
    expect([idsIn(answer).length, answer.headers?.['x-limit'], answer.headers?.['x-total-count']]).toEqual([
      100,
      '100',
      '120',
    ])
  })

  it('offset beyond the end: an empty page, without a link, and the count is right', async () => {
    const answer = await list(new Published(...all(3)), 'offset=1000')
    expect([idsIn(answer), linkIn(answer), answer.headers?.['x-total-count']]).toEqual([[], undefined, '3'])
  })

  it('offset by a client’s own counting', async () => {
    expect(idsIn(await list(new Published(...all(5)), 'offset=3&limit=2'))).toEqual(['L4', 'L5'])
  })

  it('no link behind the last page, also where it is full', async () => {
    expect(linkIn(await list(new Published(...all(2)), 'limit=2'))).toBeUndefined()
  })

  it.each([
    ['date_from is included', 'date_from=2026-11-27T12:00:02Z', ['L2', 'L3']],
    ['date_to is not', 'date_to=2026-11-27T12:00:02Z', ['L1']],
    ['date_from = date_to', 'date_from=2026-11-27T12:00:02Z&date_to=2026-11-27T12:00:02Z', []],
    ['fractional dates', 'date_from=2026-11-27T12:00:01.5Z', ['L2', 'L3']],
    ['zone-less dates are UTC', 'date_from=2026-11-27T12:00:03', ['L3']],
    ['`+` in query decoded as space', 'date_from=2026-11-27T13:00:03+01:00', ['L3']],
  ])('%s', async (_, query, ids) => {
    expect(idsIn(await list(new Published(...all(3)), query))).toEqual(ids)
  })

  it.each([
    'date_from=yesterday',
    'date_to=',
    'date_from=2026-02-30T00:00:00Z',
    'offset=-1',
    'cursor=1',
    'date_from=2026-11-28T00:00:00Z&date_to=2026-11-27T00:00:00Z',
  ])('%s is refused with 2001', async (query) => {
    expect(await list(new Published(...all(3)), query)).toMatchObject({ code: 2001 })
  })

  it('filters preserved in Link', async () => {
    const link = linkIn(await list(new Published(...all(3)), 'date_from=2026-11-27T13:00:00+01:00&limit=1&unheard=of'))
    expect([`${link?.origin}${link?.pathname}`, Object.fromEntries(link?.searchParams ?? [])]).toEqual([
      base,
      { date_from: '2026-11-27T13:00:00 01:00', limit: '1', unheard: 'of', offset: '1', cursor: '1-3' },
    ])
  })

  it('only of the party that is spoken to', async () => {
    const published = new Published(object(1), object(2, 2, { owner: { country: 'DE', party: 'XYZ' } }))
    const answer = await list(published, '', { routing: { to: { country: 'DE', party: 'XYZ' } } })
    expect([idsIn(answer), answer.headers?.['x-total-count']]).toEqual([['L2'], '1'])
  })

  it('of sessions is not given without date_from', async () => {
    const answer = await listed(
      { published: new Published() },
      { module: 'sessions', kind: 'session', requires: 'date_from' },
      asked(''),
    )
    expect(answer).toMatchObject({ code: 2001, message: 'date_from is required' })
  })

  it('whatever is asked, it is answered', async () => {
    const name = fc.constantFrom('date_from', 'date_to', 'offset', 'limit', 'cursor')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, fc.string())), async (pairs) => {
        const { code } = await list(new Published(...all(3)), new URLSearchParams(pairs).toString())
        expect([1000, 2001]).toContain(code)
      }),
    )
  })
})

describe('one location of ours', () => {
  const get = (...path: readonly string[]): Promise<Answer> =>
    Promise.resolve(locationsSender({ published: new Published(object(1)) }).answer(asked('', { path })))

  it('is found by its id in any case, and in it an EVSE that is REMOVED, and its connector', async () => {
    const [location, evse, connector] = [await get('l1'), await get('L1', 'e1'), await get('L1', 'E1', '1')]
    expect([location.data, evse.data, connector.data]).toMatchObject([
      { id: 'L1' },
      { uid: 'E1', status: 'REMOVED' },
      { id: '1' },
    ])
  })

  it.each([['L2'], ['L1', 'E2'], ['L1', 'E1', '2'], ['L1', 'E1', '1', 'x']])('%s %s %s: 404', async (...path) => {
    expect(await get(...path)).toMatchObject({ http: 404, code: 2003 })
  })
})
