import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { termsAt, termsOfMany } from '../../../adapters/postgres/terms-at.ts'
import { asTenant } from '../../../adapters/postgres/tenant.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import type { Put } from '../../../core/ports/market.ts'
import type { PartyRole } from '../../../core/domain/party.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { resaleContract, siteContract } from '../../support/settlement.ts'

const act = { by: { key: 'k', label: 'a test' }, at: Date.UTC(2026, 10, 27, 12) }
const day = '2026-11-27'

describe('contracts in PostgreSQL', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database?.close())

  const store = () => postgresStore(database.app, database.ingest)
  const site = (more: Parameters<typeof siteContract>[0] = {}) =>
    store().agreements.site.put('default', siteContract(more), act)
  const resale = (more: Parameters<typeof resaleContract>[0] = {}) =>
    store().agreements.resale.put('default', resaleContract(more), act)
  const outcome = (put: Put<unknown>): string =>
    'refused' in put ? `${put.pointer}: ${put.refused}` : put.isNew ? 'new' : 'there'
  const at = (place: Parameters<typeof termsAt>[2]) =>
    asTenant(database.app, 'default', (tx) => termsAt(tx, 'default', place))
  const ids = ({ site: one, resale: other }: Awaited<ReturnType<typeof termsAt>>) => [one?.id, other?.id]

  beforeEach(async () => {
    const { admin } = database
    await admin`truncate agreements, market_roles, charging_stations, sites, parties, events cascade`
    for (const [id, role] of [
      ['s', 'siteOwner'],
      ['heirs', 'siteOwner'],
      ['a', 'cpo'],
      ['other', 'cpo'],
      ['r', 'csr'],
    ] as const)
      await admin`insert into parties (tenant, id, role, name, created_at, changed_at) values ('default', ${id}, ${role satisfies PartyRole}, ${id}, now(), now())`
    for (const id of ['mall', 'park'])
      await admin`insert into sites (tenant, id, name, address, city, country, latitude, longitude, zone, published, created_at, changed_at)
        values ('default', ${id}, ${id}, 'a', 'b', 'DE', '52.52000', '13.40000', 'Europe/Berlin', true, now(), now())`
    for (const id of ['m1', 'm2'])
      await admin`insert into charging_stations (tenant, id, site, created_at, changed_at) values ('default', ${id}, 'mall', now(), now())`
  })
  const hasRole = (role: string, party: string, subject: string, kind = 'site') =>
    database.admin`insert into market_roles (tenant, kind, subject, role, party, changed_at) values ('default', ${kind}, ${subject}, ${role}, ${party}, now())`

  it('are there as they were put, and the same again changes nothing', async () => {
    expect([outcome(await site()), outcome(await site()), outcome(await site({ vat: '19' }))]).toEqual([
      'new',
      'there',
      'there',
    ])
    expect(await store().agreements.site.find('default', 'MALL-2026')).toEqual(siteContract({ vat: '19' }))
    const events = await database.admin`select type, subject from events where type = 'agreement.changed'`
    expect(events).toHaveLength(2)
  })

  it('of one subject never overlap: who would is refused by name', async () => {
    await site({ until: '2026-07-01' })
    expect(outcome(await site({ id: 'next', from: '2026-06-30' }))).toBe(
      '/from: next (from 2026-06-30 on) overlaps mall-2026 (from 2026-01-01 until 2026-07-01), which is of the same',
    )
    expect(outcome(await site({ id: 'next', from: '2026-07-01' }))).toBe('new')
    expect(outcome(await site({ id: 'station', subject: { kind: 'station', id: 'm1' } }))).toBe('new')
    expect(outcome(await site({ id: 'NEXT', from: '2027-01-01' }))).toBe(
      '/id: there is next, which differs by case alone',
    )
  })

  it('put at once by two are one: the database itself lets no two of a day be', async () => {
    const both = await Promise.all([site({ id: 'one' }), site({ id: 'two' })])
    expect(both.map(outcome).filter((one) => one === 'new')).toHaveLength(1)
    const [row] = await database.admin`select * from agreements`
    const forged = database.admin`insert into agreements (tenant, kind, id, subject, parties, from_day, content, created_at, changed_at)
      values ('default', 'site', 'forged', ${row?.['subject'] as string}, '{}', '2026-05-01', '{}', now(), now())`
    await expect(forged).rejects.toThrow(/agreements_one_at_a_time/)
  })

  it.each([
    [{ owner: 'nobody' }, '/owner: there is no such party'],
    [{ subject: { kind: 'site', id: 'none' } }, '/subject/id: there is no such site'],
    [{ subject: { kind: 'station', id: 'mall' } }, '/subject/id: there is no such charging station'],
  ] as const)('%j is refused', async (more, refused) => {
    expect(outcome(await site(more))).toBe(refused)
  })

  it('share no more than there is, whichever is put last, as far as they meet', async () => {
    await site({ sharePercent: '80' })
    expect(outcome(await resale({ sharePercent: '21' }))).toBe(
      '/sharePercent: 21 per cent and the 80 per cent of mall-2026 are more than 100',
    )
    await hasRole('operator', 'other', 'mall')
    expect(outcome(await resale({ sharePercent: '21' }))).toBe('new')
    await hasRole('operator', 'a', 'm1', 'station')
    expect(outcome(await site({ id: 'm1', subject: { kind: 'station', id: 'm1' }, sharePercent: '79.5' }))).toBe(
      '/sharePercent: 79.5 per cent and the 21 per cent of r-a are more than 100',
    )
    expect(outcome(await site({ id: 'm2', subject: { kind: 'station', id: 'm2' }, sharePercent: '79.5' }))).toBe('new')
  })

  it('that a month which is closing was settled with are ended, and a new one begins', async () => {
    const { admin } = database
    await admin`insert into tenants (tenant, name) values ('closing', 'closing') on conflict do nothing`
    await admin`insert into parties (tenant, id, role, name, created_at, changed_at) values ('closing', 's', 'siteOwner', 's', now(), now())`
    await admin`insert into sites (tenant, id, name, address, city, country, latitude, longitude, zone, published, created_at, changed_at)
      values ('closing', 'mall', 'm', 'a', 'b', 'DE', '52.52000', '13.40000', 'Europe/Berlin', true, now(), now())`
    const { agreements } = store()
    const put = async (more: Parameters<typeof siteContract>[0]) =>
      outcome(await agreements.site.put('closing', siteContract(more), act))
    expect(await put({ sharePercent: '20' })).toBe('new')
    await admin`insert into ledger_periods (tenant, month, state) values ('closing', '2026-10', 'closing'), ('closing', '2026-11', 'open')`
    expect([
      await put({ sharePercent: '25' }),
      await agreements.site.remove('closing', 'mall-2026', act),
      await put({ sharePercent: '20', until: '2026-11-15' }),
      await put({ id: 'next', sharePercent: '25', from: '2026-11-15' }),
      await agreements.site.remove('closing', 'next', act),
    ]).toEqual([
      '/from: mall-2026 counted in 2026-10, which is closed: end it on 2026-11-01 or later, and begin a new one',
      { neededBy: 'mall-2026 counted in 2026-10, which is closed: end it on 2026-11-01 or later' },
      'there',
      'new',
      'removed',
    ])
  })

  it('keep the parties and places that they are with', async () => {
    await site()
    await resale()
    const { parties, sites } = store()
    expect(await parties.remove('default', 's', act)).toEqual({ neededBy: 'contract mall-2026 with a site owner' })
    expect(await parties.remove('default', 'r', act)).toEqual({ neededBy: 'contract r-a of resale' })
    expect(await sites.remove('default', 'mall', act)).toMatchObject({
      neededBy: expect.stringContaining('contract mall-2026 with a site owner') as unknown,
    })
  })

  describe('for a place and a day', () => {
    it('are that of the station before that of its site', async () => {
      await site()
      await site({ id: 'm1', subject: { kind: 'station', id: 'm1' }, from: '2026-11-27' })
      expect(ids(await at({ site: 'mall', station: 'm1', day }))).toEqual(['m1', undefined])
      expect(ids(await at({ site: 'mall', station: 'm1', day: '2026-11-26' }))).toEqual(['mall-2026', undefined])
      expect(ids(await at({ site: 'mall', station: 'm2', day }))).toEqual(['mall-2026', undefined])
      expect(ids(await at({ site: 'park', day }))).toEqual([undefined, undefined])
    })

    it('end before their last day', async () => {
      await site({ until: '2026-11-27' })
      expect(ids(await at({ site: 'mall', day }))).toEqual([undefined, undefined])
      expect(ids(await at({ site: 'mall', day: '2026-11-26' }))).toEqual(['mall-2026', undefined])
    })

    it('are those of whoever operates it, or of the only CPO that has one', async () => {
      await resale()
      await resale({ id: 'platform-r', seller: 'platform', buyer: 'r' })
      expect(ids(await at({ site: 'mall', station: 'm1', day }))).toEqual([undefined, 'r-a'])
      await resale({ id: 'r-other', buyer: 'other' })
      expect(ids(await at({ site: 'mall', station: 'm1', day }))).toEqual([undefined, undefined])
      await hasRole('operator', 'other', 'mall')
      await hasRole('operator', 'a', 'm1', 'station')
      expect(ids(await at({ site: 'mall', station: 'm1', day }))).toEqual([undefined, 'r-a'])
      expect(ids(await at({ site: 'mall', station: 'm2', day }))).toEqual([undefined, 'r-other'])
      expect(ids(await at({ day }))).toEqual([undefined, undefined])
    })

    it('are found for a thousand documents at once, in their order, and as they were put', async () => {
      await site({ sharePercent: '30' })
      await resale()
      const places = Array.from({ length: 1_000 }, (_, i) => ({
        ...(i % 3 > 0 && { site: i % 3 === 1 ? 'mall' : 'park' }),
        day: i % 2 === 0 ? day : '2025-12-31',
      }))
      const found = await asTenant(database.app, 'default', (tx) => termsOfMany(tx, 'default', places))
      expect(found.map(ids)).toEqual(
        places.map(({ site: of, day: on }) =>
          on === day ? [of === 'mall' ? 'mall-2026' : undefined, 'r-a'] : [undefined, undefined],
        ),
      )
      expect(found[4]).toEqual({ site: siteContract({ sharePercent: '30' }), resale: resaleContract() })
    })

    it('are those of the tenant alone', async () => {
      await database.admin`insert into tenants (tenant, name) values ('foreign', 'foreign') on conflict do nothing`
      await site()
      expect(await asTenant(database.app, 'foreign', (tx) => termsAt(tx, 'default', { site: 'mall', day }))).toEqual({})
      expect(await store().agreements.site.find('foreign', 'mall-2026')).toBeUndefined()
    })
  })

  it('that are missing are named, a number of sites on a page', async () => {
    await hasRole('owner', 's', 'mall')
    await hasRole('owner', 's', 'park')
    await hasRole('owner', 'heirs', 'm2', 'station')
    await site({ until: '2026-07-01' })
    const year = { from: '2026-01-01', until: '2027-01-01' }
    const { site: contracts } = store().agreements
    const first = await contracts.gaps('default', year, { limit: 1 })
    expect(first.items).toEqual([
      {
        site: 'mall',
        stations: ['m2'],
        owner: 'heirs',
        contract: 'mall-2026',
        from: '2026-01-01',
        until: '2026-07-01',
      },
      { site: 'mall', stations: ['m1'], owner: 's', from: '2026-07-01', until: '2027-01-01' },
      { site: 'mall', stations: ['m2'], owner: 'heirs', from: '2026-07-01', until: '2027-01-01' },
    ])
    const second = await contracts.gaps('default', year, { limit: 1, cursor: first.next ?? '' })
    expect([second.items, second.next]).toEqual([[{ site: 'park', owner: 's', ...year }], null])
  })
})
