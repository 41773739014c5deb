import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tariffsFor } from '../../../adapters/postgres/tariff-choice.ts'
import { endOfFeed, eventsAfter, parseCursor } from '../../../adapters/postgres/feed.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { asTenant } from '../../../adapters/postgres/tenant.ts'
import type { Store } from '../../../core/ports/store.ts'
import type { SessionStart, TariffContent } from '../../../core/ports/tariffs.ts'
import type { Assignment } from '../../../core/pricing/assignment.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

const hour = 3_600_000
const begin = Date.UTC(2026, 10, 1)
const by = { key: 'K', label: 'tests' }

const content = (price: string, more: Partial<TariffContent> = {}): TariffContent => ({
  currency: 'EUR',
  taxIncluded: 'NO',
  elements: [{ components: [{ dimension: 'ENERGY', price, stepSize: 1 }] }],
  ...more,
})

describe('tariffs on PostgreSQL', () => {
  let database: TestDatabase
  let store: Store
  let tenants = 0

  beforeAll(async () => {
    database = await freshDatabase()
    store = postgresStore(database.app, database.ingest)
  })
  afterAll(() => database.close())

  /** A tenant of its own, with what can be done to its tariffs at a time. */
  const operator = async () => {
    const tenant = `t${tenants++}`
    await database.register(1, tenant)
    const { tariffs } = store
    return {
      tenant,
      put: (id: string, of: TariffContent, at = begin) => tariffs.put({ tenant, id }, of, { by, at }),
      remove: (id: string, at: number) => tariffs.remove(tenant, id, { by, at }),
      assign: (tariff: string, more: Partial<Assignment> = {}, at = begin) =>
        tariffs.assignments.put(
          tenant,
          { id: 'all', tariff, drivers: { kind: 'everyone' }, place: { kind: 'everywhere' }, ...more },
          { by, at },
        ),
      end: (id: string, at: number) => tariffs.assignments.remove(tenant, id, { by, at }),
      chosen: async (at: number, of: Partial<SessionStart> = {}) => {
        const session = { tenant, identity: 'CP-0', evse: 1, connector: 1, at, ...of }
        const [found] = await asTenant(database.app, tenant, (tx) => tariffsFor(tx, tenant, [session]))
        return found && `${found.id} ${found.version}: ${found.elements[0]?.components[0]?.price}`
      },
    }
  }

  it('price a session by the version of its start, although it is changed meanwhile', async () => {
    const { put, assign, chosen } = await operator()
    await put('day', content('0.40'))
    await assign('day')
    await put('day', content('0.50'), begin + hour)
    expect([
      await chosen(begin - 1),
      await chosen(begin),
      await chosen(begin + hour - 1),
      await chosen(begin + hour),
    ]).toEqual([undefined, 'day 1: 0.40', 'day 1: 0.40', 'day 2: 0.50'])
  })

  it('price a session by the version of its start, although the tariff is removed meanwhile, and made again', async () => {
    const { put, assign, remove, chosen } = await operator()
    await put('day', content('0.40'))
    await assign('day')
    await remove('day', begin + hour)
    expect([await chosen(begin + hour - 1), await chosen(begin + hour)]).toEqual(['day 1: 0.40', undefined])
    await put('day', content('0.40'), begin + 2 * hour)
    await assign('day', {}, begin + 2 * hour)
    expect([await chosen(begin + hour - 1), await chosen(begin + hour), await chosen(begin + 2 * hour)]).toEqual([
      'day 1: 0.40',
      undefined,
      'day 2: 0.40',
    ])
  })

  it('price a session by what was assigned at its start', async () => {
    const { put, assign, end, chosen } = await operator()
    await put('a', content('0.10'))
    await put('b', content('0.20'))
    await assign('a')
    await assign('b', {}, begin + hour)
    await end('all', begin + 2 * hour)
    expect([await chosen(begin), await chosen(begin + hour), await chosen(begin + 2 * hour)]).toEqual([
      'a 1: 0.10',
      'b 1: 0.20',
      undefined,
    ])
  })

  it('count from an earlier date that they name, but never in place of what was in force', async () => {
    const { put, assign, chosen } = await operator()
    const startsAt = begin - 5 * hour
    await put('day', content('0.40', { startsAt }))
    await assign('day', { from: startsAt })
    expect(await chosen(startsAt)).toBe('day 1: 0.40')
    await put('day', content('0.50', { startsAt }), begin + hour)
    await put('other', content('0.60', { startsAt }), begin + hour)
    await assign('other', { from: startsAt }, begin + 2 * hour)
    expect([await chosen(startsAt), await chosen(begin + hour), await chosen(begin + 2 * hour)]).toEqual([
      'day 1: 0.40',
      'day 2: 0.50',
      'other 1: 0.60',
    ])
  })

  it('are never older than what they take the place of, whatever the clocks of workers say', async () => {
    const { put, assign, chosen } = await operator()
    await put('day', content('0.40'), begin + hour)
    const next = await put('day', content('0.50'), begin)
    expect([next.createdAt, next.since]).toEqual([begin + hour, begin + hour])
    await assign('day', {}, begin + hour)
    const again = await assign('day', { until: begin + 9 * hour }, begin)
    expect(again?.since).toBe(begin + hour)
    expect(await chosen(begin + hour)).toBe('day 2: 0.50')
  })

  it('are for who has a contract, an EMP, a group, or none of it', async () => {
    const { tenant, put, assign, chosen } = await operator()
    for (const id of ['contract', 'emp', 'group', 'any', 'cash']) await put(id, content('0.1'))
    await assign('contract', { id: 'c', drivers: { kind: 'contract', contract: 'DE8AA001234567' } })
    await assign('emp', { id: 'e', drivers: { kind: 'emp', emp: 'de-8aa' } })
    await assign('group', { id: 'g', drivers: { kind: 'tokenGroup', group: 'Fleet' } })
    await assign('cash', { id: 'h', drivers: { kind: 'adHoc' } })
    await assign('any')
    await store.tokens.put(
      tenant,
      [
        { uid: 'GROUPED', issuer: '', type: 'RFID', status: 'Accepted', groupId: 'FLEET' },
        { uid: 'FOREIGN', issuer: 'DE*8AA', type: 'RFID', status: 'Accepted' },
        { uid: 'PLAIN', issuer: '', type: 'RFID', status: 'Accepted' },
      ],
      begin,
    )
    const of = async (session: Partial<SessionStart>) => (await chosen(begin, session))?.split(' ')[0]
    expect(await of({ contract: 'DE-8AA-001234567-0', token: 'GROUPED' })).toBe('contract')
    expect(await of({ contract: 'DE-8AA-999999999' })).toBe('emp')
    expect(await of({ token: 'foreign' })).toBe('emp')
    expect(await of({ token: 'grouped' })).toBe('group')
    expect(await of({ token: 'PLAIN', group: 'fleet' })).toBe('group')
    expect(await of({ token: 'PLAIN' })).toBe('any')
    expect(await of({ token: 'a payment' })).toBe('cash')
    expect(await of({})).toBe('cash')
  })

  it('know a contract by its own name, the token that belonged to it then, and its EMP by every name', async () => {
    const { tenant, put, assign, chosen } = await operator()
    await database.admin`insert into parties (tenant, id, role, name, country_code, party_id, created_at, changed_at) values (${tenant}, 'green-drive', 'emp', 'Green Drive', 'NL', 'GRN', now(), now())`
    await database.admin`insert into contracts (tenant, id, emp, valid_from, state, created_at, changed_at)
      values (${tenant}, 'one', 'green-drive', ${new Date(begin)}, 'active', now(), now()), (${tenant}, 'two', 'NL*GRN', ${new Date(begin)}, 'active', now(), now())`
    await database.admin`insert into contract_tokens (tenant, contract, uid, type, from_at, until_at) values (${tenant}, 'one', 'CARD', 'RFID', ${new Date(begin)}, ${new Date(begin + hour)})`
    for (const id of ['one', 'code', 'party']) await put(id, content('0.1'))
    await assign('one', { id: 'c', drivers: { kind: 'contract', contract: 'one' } })
    await assign('code', { id: 'e', drivers: { kind: 'emp', emp: 'NL-GRN' } })
    expect(await chosen(begin, { token: 'CARD' })).toBe('one 1: 0.1')
    expect(await chosen(begin, { contract: 'two' })).toBe('code 1: 0.1')
    await assign('party', { id: 'e', drivers: { kind: 'emp', emp: 'Green-Drive' } }, begin + hour)
    expect(await chosen(begin + hour, { contract: 'two' })).toBe('party 1: 0.1')
    expect(await chosen(begin + hour, { token: 'CARD' })).toBeUndefined()
  })

  it('are for a connector, an EVSE, a charge point, a station and a site, the narrowest first', async () => {
    const { put, assign, end, chosen } = await operator()
    const places: readonly Assignment['place'][] = [
      { kind: 'connector', chargePoint: 'CP-0', evse: 1, connector: 1 },
      { kind: 'evse', chargePoint: 'CP-0', evse: 1 },
      { kind: 'chargePoint', chargePoint: 'CP-0' },
      { kind: 'station', station: 'north' },
      { kind: 'site', site: 'motorway' },
      { kind: 'everywhere' },
    ]
    for (const place of places) {
      await put(place.kind, content('0.1'))
      await assign(place.kind, { id: place.kind, place })
    }
    for (const { kind } of places) {
      expect(await chosen(begin + hour, { identity: 'cp-0', place: { station: 'North', site: 'Motorway' } })).toBe(
        `${kind} 1: 0.1`,
      )
      await end(kind, begin + hour)
    }
  })

  it('D-20: are heard of by whoever follows', async () => {
    const { tenant, put, assign, end, remove } = await operator()
    const from = parseCursor(await endOfFeed(database.ingest)) ?? ['0', '0']
    await put('day', content('0.40'))
    await put('day', content('0.40'))
    await assign('day')
    await assign('day')
    await end('all', begin)
    await remove('day', begin)
    const events = (await eventsAfter(database.ingest, from, 100)).filter((event) => event.tenant === tenant)
    expect(events.map(({ type, subject, data }) => [type, subject, data])).toEqual([
      ['tariff.changed', 'day', { tariff: 'day', version: 1 }],
      ['tariff.changed', 'day', { tariff: 'day', assignment: 'all' }],
      ['tariff.changed', 'day', { tariff: 'day', assignment: 'all', removed: true }],
      ['tariff.changed', 'day', { tariff: 'day', version: 1, removed: true }],
    ])
  })

  it('never change: neither a version nor what an assignment was', async () => {
    const { tenant, put, assign, remove } = await operator()
    await put('day', content('0.40'))
    await assign('day')
    const never = /never changed or deleted/
    const { admin } = database
    await expect(admin`update tariff_versions set content = '{}' where tenant = ${tenant}`).rejects.toThrow(never)
    await expect(admin`delete from tariff_versions where tenant = ${tenant}`).rejects.toThrow(never)
    await expect(admin`update tariff_assignments set tariff = 'x' where tenant = ${tenant}`).rejects.toThrow(never)
    await expect(admin`delete from tariff_assignments where tenant = ${tenant}`).rejects.toThrow(never)
    await remove('day', begin + hour)
    await expect(admin`update tariff_versions set removed_at = null where tenant = ${tenant}`).rejects.toThrow(never)
    await expect(admin`update tariff_assignments set ended_at = null where tenant = ${tenant}`).rejects.toThrow(never)
  })

  it('D-14: are not to be had under a forged tenant', async () => {
    const { tenant, put, assign, chosen } = await operator()
    const other = await operator()
    await put('day', content('0.40'))
    await assign('day')
    expect(await chosen(begin)).toBe('day 1: 0.40')
    const session = { tenant, identity: 'CP-0', evse: 1, connector: 1, at: begin }
    expect(await asTenant(database.app, other.tenant, (tx) => tariffsFor(tx, session.tenant, [session]))).toEqual([
      undefined,
    ])
    await expect(
      asTenant(
        database.app,
        other.tenant,
        (tx) => tx`insert into tariffs (tenant, id, version, changed_at) values (${tenant}, 'x', 1, now())`,
      ),
    ).rejects.toThrow(/row-level security/)
  })

  it('are changed one after the other, also by those who assign and remove them at once', async () => {
    const { tenant, put, assign, remove, chosen } = await operator()
    for (let turn = 0; turn < 5; turn++) {
      const at = begin + turn * hour
      await put('day', content('0.40'), at)
      await Promise.all([
        assign('day', {}, at),
        assign('day', { until: begin + 99 * hour }, at),
        remove('day', at + 1),
        put('day', content('0.50'), at),
      ])
      const open = await database.admin`select 1 from tariff_assignments a join tariffs t using (tenant)
        where a.tenant = ${tenant} and a.tariff = t.id and a.ended_at is null and t.removed_at is not null`
      expect(open.length).toBe(0)
      await remove('day', at + 2)
      expect(await chosen(at + 2)).toBeUndefined()
    }
  })
})
