import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { insertEvents } from '../../../adapters/postgres/insert-events.ts'
import type { Draft, PublishedSource, Reading } from '../../../adapters/postgres/published-source.ts'
import type { Transaction } from '../../../adapters/postgres/connect.ts'
import { publishedObjects } from '../../../adapters/postgres/published-objects.ts'
import { markDirty } from '../../../adapters/postgres/roaming-dirty.ts'
import { postgresPublisher } from '../../../adapters/postgres/roaming-publisher.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { asTenant } from '../../../adapters/postgres/tenant.ts'
import { noQuirks, type RegistrationState } from '../../../core/domain/roaming-partner.ts'
import type { PublishedObject } from '../../../core/ports/roaming.ts'
import type { RoamingPublisher } from '../../../core/ports/roaming-publisher.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { silence } from '../../support/quiet.ts'
import { until as untilSo } from '../../support/server.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
}, 60_000)
afterAll(() => database.close())

/** Things of a tenant as they stand, each a tariff to partners. */
let things = new Map<string, Reading>()
let reads: string[] = []
const said = (name: string, more: object = {}): Draft => ({
  owner: { country: 'DE', party: 'ABC' },
  id: name,
  body: { id: name, ...more },
})
const is = (name: string, more: object = {}): void => void things.set(name, { drafts: [said(name, more)] })

const source: PublishedSource = {
  module: 'tariffs',
  hears: ['tariff.changed'],
  dirtied: async (_, events) => events.map(({ tenant, subject: key }) => ({ tenant, key })),
  keysAfter: async (_, __, after, limit) =>
    [...things.keys()]
      .filter((key) => key > after)
      .toSorted()
      .slice(0, limit),
  async read(_, __, keys) {
    reads.push(...keys)
    if (keys.includes('broken')) throw new Error('cannot be read')
    return new Map(keys.flatMap((key) => (things.has(key) ? [[key, things.get(key) as Reading] as const] : [])))
  },
}

const now = Date.UTC(2026, 10, 27, 12)
const publisherOf = (more: object = {}): RoamingPublisher =>
  postgresPublisher({ ...database, sources: [source], log: silence, ...more })

const changed = (...names: readonly string[]): PromiseLike<unknown> =>
  insertEvents(
    database.ingest,
    names.map((subject) => ({ tenant: 'default', type: 'tariff.changed' as const, subject, at: now, data: {} })),
  )

const partner = async (state: RegistrationState): Promise<void> => {
  await postgresStore(database.app, database.ingest).roamingPartners.create(
    {
      tenant: 'default',
      id: 'emp',
      state,
      since: now,
      roles: [],
      endpoints: [],
      quirks: noQuirks,
      checks: [],
      changedAt: now,
    },
    { at: now },
  )
}

/** Everything that there is to do, at a time. */
const settle = async (publisher: RoamingPublisher, at = now): Promise<void> => {
  while ((await publisher.collect(now)).isMore);
  while (await publisher.sweep(at));
  for (const tenant of await publisher.due(at)) while ((await publisher.publish(tenant, at)).isMore);
}

const found = async (): Promise<readonly PublishedObject[]> =>
  (
    await publishedObjects(database.app).list(
      'default',
      'tariffs',
      { partner: 'emp' },
      { start: { after: 0 }, limit: 100 },
    )
  ).items
const names = async (): Promise<readonly string[]> => (await found()).map(({ id }) => id)
const one = async (id: string): Promise<PublishedObject> => {
  const object = (await found()).find((o) => o.id === id)
  if (object === undefined) throw new Error(`${id} is not published`)
  return object
}

/** A tenant with a partner and these things, published. */
const begun = async (...all: readonly string[]): Promise<RoamingPublisher> => {
  for (const name of all) is(name)
  await partner('registered')
  const publisher = publisherOf()
  await settle(publisher)
  return publisher
}

const gate = (): readonly [() => void, Promise<void>] => {
  const { promise, resolve } = Promise.withResolvers<void>()
  return [resolve, promise]
}

beforeEach(async () => {
  things = new Map()
  reads = []
  await database.admin`truncate roaming_dirty, roaming_feed, roaming_objects, roaming_publishers, roaming_sweeps, roaming_partners cascade`
})

const revisions = async (): Promise<readonly (readonly [string, number])[]> =>
  (await found()).map(({ id, revision }) => [id, revision])

describe('a tenant without partners', () => {
  it('costs no work at all', async () => {
    is('a')
    await partner('invited')
    await changed('a')
    const publisher = publisherOf()
    expect(await publisher.collect(now)).toEqual({ dirty: 0, isMore: false, isIdle: true })
    await asTenant(database.app, 'default', (tx) => Promise.resolve(markDirty(tx, 'default', 'tariffs', ['a'], now)))
    await settle(publisher)
    const [left] = await database.admin`select (select count(*)::int from roaming_dirty) as dirty,
      (select count(*)::int from roaming_sweeps) as sweeps`
    expect([left, reads]).toEqual([{ dirty: 0, sweeps: 0 }, []])
  })

  it('has everything published when a partner is registered', async () => {
    for (let i = 0; i < 1_500; i++) is(`t${String(i).padStart(4, '0')}`)
    const publisher = publisherOf()
    await publisher.collect(now)
    await partner('registered')
    await settle(publisher)
    const [count] = await database.admin`select count(*)::int as objects from roaming_objects`
    expect([count, new Set(reads).size, (await names())[0]]).toEqual([{ objects: 1_500 }, 1_500, 't0000'])
  })

  it('finds what has gone while it had none', async () => {
    is('a')
    is('b')
    await partner('registered')
    const publisher = publisherOf()
    await settle(publisher)
    await database.admin`update roaming_partners set state = 'ended'`
    things.delete('a')
    await changed('a')
    await settle(publisher)
    await database.admin`delete from roaming_partners`
    await partner('registered')
    await settle(publisher)
    expect(await names()).toEqual(['b'])
  })
})

describe('publishing', () => {
  it('begins with everything where nothing was ever read', async () => {
    is('a')
    await partner('registered')
    await settle(publisherOf())
    expect(await names()).toEqual(['a'])
  })

  it('roaming.md §2.4: only real changes bump last_updated', async () => {
    const publisher = await begun('a', 'b')
    const before = await found()
    await changed('a', 'b')
    await settle(publisher, now + 5_000)
    const untouched = await found()
    is('a', { name: 'new' })
    await changed('a', 'b')
    await settle(publisher, now + 60_000)
    expect([untouched, (await one('a')).body, await one('b')]).toEqual([
      before,
      { id: 'a', name: 'new', last_updated: '2026-11-27T12:01:00Z' },
      before[1],
    ])
  })

  it('never goes back in time, whatever the clock says', async () => {
    const publisher = await begun('a', 'b')
    const before = await one('a')
    is('b', { name: 'new' })
    await changed('b')
    await settle(publisher, now - 3_600_000)
    const after = await one('b')
    expect(after.lastUpdated - before.lastUpdated).toBe(1)
  })

  it('gives every change a revision of its own, and keeps the place in lists', async () => {
    const publisher = await begun('a', 'b', 'c')
    is('b', { name: 'new' })
    await changed('b')
    await settle(publisher)
    expect([await names(), (await revisions()).map(([, revision]) => revision)]).toEqual([
      ['a', 'b', 'c'],
      [1, 4, 3],
    ])
  })

  it('removes what is no more, and has it back in its place when it returns', async () => {
    const publisher = await begun('a', 'b')
    things.delete('a')
    await changed('a')
    await settle(publisher)
    const without = await names()
    is('a')
    await changed('a')
    await settle(publisher)
    expect([without, await names()]).toEqual([['b'], ['a', 'b']])
  })

  it('leaves what is impossible to say as it was, and says so once', async () => {
    const told: string[] = []
    const publisher = await begun('a')
    const other = publisherOf({ log: { ...silence, warn: (text: string) => void told.push(text) } })
    things.set('a', { impossible: ['it has no country'] })
    for (let i = 0; i < 3; i++) {
      await changed('a')
      await settle(other)
    }
    await settle(publisher)
    expect([await names(), told]).toEqual([['a'], ['something cannot be published for roaming partners']])
  })

  it('looks again when something changes by itself', async () => {
    const publisher = await begun()
    things.set('a', { drafts: [said('a')], again: now + 60_000 })
    await changed('a')
    await settle(publisher)
    is('a', { name: 'night' })
    await settle(publisher, now + 59_999)
    const before = await one('a')
    await settle(publisher, now + 60_000)
    expect([before.body['name'], (await one('a')).body['name']]).toEqual([undefined, 'night'])
  })

  it('is not kept up by one thing that cannot be read', async () => {
    const publisher = await begun()
    for (const name of ['a', 'broken', 'z']) is(name)
    await changed('a', 'broken', 'z')
    await settle(publisher)
    expect(await names()).toEqual(['a', 'z'])
  })

  it('publisher killed between collecting and publishing loses nothing', async () => {
    const first = await begun('a')
    is('a', { name: 'new' })
    await changed('a')
    await first.collect(now)
    await settle(publisherOf())
    expect((await one('a')).body['name']).toBe('new')
  })

  it('publisher killed in the middle of publishing loses nothing', async () => {
    await begun('a')
    is('a', { name: 'new' })
    await changed('a')
    const dying = publisherOf({
      published: (tx: Transaction) => tx`select pg_terminate_backend(pg_backend_pid())`,
    })
    await dying.collect(now)
    await expect(dying.publish('default', now)).rejects.toThrow()
    const before = await one('a')
    await settle(publisherOf())
    expect([before.body['name'], (await one('a')).body['name']]).toEqual([undefined, 'new'])
  })

  it('hears each event once, also one that is committed late (D-17)', async () => {
    const publisher = await begun('a', 'b')
    reads = []
    const [go, gone] = gate()
    const late = database.ingest.begin(async (tx) => {
      await insertEvents(tx, [{ tenant: 'default', type: 'tariff.changed', subject: 'a', at: now, data: {} }])
      await gone
    })
    await untilSo(
      'a transaction that waits',
      async () => (await database.admin`select 1 from pg_stat_activity where state = 'idle in transaction'`).length > 0,
    )
    await changed('b')
    await settle(publisher)
    const before = [...reads]
    go()
    await late
    await settle(publisher)
    await settle(publisher)
    expect([before, reads]).toEqual([[], ['a', 'b']])
  })

  it('two publishers at once write each change once, in one line', async () => {
    await begun()
    const all = Array.from({ length: 1_200 }, (_, i) => `t${i}`)
    for (const name of all) is(name)
    await changed(...all)
    await Promise.all([settle(publisherOf()), settle(publisherOf()), settle(publisherOf())])
    await settle(publisherOf())
    const [rows] = await database.admin`select count(*)::int as objects, count(distinct revision)::int as revisions,
      max(revision)::int as last, max(serial)::int as serial from roaming_objects`
    expect(rows).toEqual({ objects: 1_200, revisions: 1_200, last: 1_200, serial: 1_200 })
  })

  it('what commits mark themselves is published like everything else', async () => {
    const publisher = await begun()
    is('a')
    await asTenant(database.app, 'default', (tx) => Promise.resolve(markDirty(tx, 'default', 'tariffs', ['a'], now)))
    await settle(publisher)
    expect(await names()).toEqual(['a'])
  })
})
