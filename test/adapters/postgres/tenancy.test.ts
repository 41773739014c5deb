import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeCdrs } from '../../../adapters/postgres/cdr-writer.ts'
import { postgresCredentials } from '../../../adapters/postgres/credentials.ts'
import { postgresCurrentState } from '../../../adapters/postgres/current-state.ts'
import { postgresDeadlines } from '../../../adapters/postgres/deadlines.ts'
import { endOfFeed, eventsAfter, parseCursor } from '../../../adapters/postgres/feed.ts'
import { insertEvents } from '../../../adapters/postgres/insert-events.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { MigrationRefused, migrate, migrations, prepare } from '../../../adapters/postgres/migrate.ts'
import { postgresOutbox } from '../../../adapters/postgres/outbox.ts'
import { removeOld } from '../../../adapters/postgres/retention.ts'
import { ReadThrough } from '../../../adapters/postgres/read-through.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { asTenant } from '../../../adapters/postgres/tenant.ts'
import { connect } from '../../../adapters/postgres/connect.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Command } from '../../../core/domain/command.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, passwordOf, testDigest, type TestDatabase } from '../../support/database.ts'
import { started, stopped } from '../../support/facts.ts'

describe('the store on PostgreSQL', () => {
  let database: TestDatabase
  let stations = 0
  const clock = new TestClock(Date.now())
  const station = (): string => `CP-${stations++}`

  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(50)
    await database.register(2, 'other')
  })
  afterAll(() => database.close())

  const closedSession = async (): Promise<{ session: string; outbox: number }> => {
    const cp = station()
    const ledger = postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest })
    await ledger.commit([started(cp), stopped(cp, '1000001')])
    const [row] = await database.ingest<
      { session: string; outbox: number }[]
    >`select s.id as session, o.id as outbox from sessions s join outbox o on o.key = s.id::text where s.identity = ${cp}`
    if (row === undefined) throw new Error('no outbox row')
    return row
  }

  it('D-14 INV-38: without a tenant the API role sees no row of any table, with one only its own', async () => {
    const tables = await database.admin<
      { name: string }[]
    >`select c.relname as name from pg_class c join pg_policy p on p.polrelid = c.oid where p.polname = 'app'`
    expect(tables.length).toBeGreaterThan(15)
    for (const { name } of tables)
      expect([name, (await database.app`select 1 from ${database.app(name)} limit 1`).length]).toEqual([name, 0])
    const seen = await asTenant(
      database.app,
      'other',
      (tx) => tx<{ tenant: string }[]>`select distinct tenant from charge_points where tenant = 'default' or true`,
    )
    expect(seen.map((row) => row.tenant)).toEqual(['other'])
    await expect(
      asTenant(
        database.app,
        'other',
        (tx) => tx`insert into tokens (tenant, type, uid, status) values ('default', 'RFID', 'x', 'Accepted')`,
      ),
    ).rejects.toThrow(/row-level security/)
  })

  it('D-14: no run-time role is superuser, owner, or free of row-level security', async () => {
    const roles =
      await database.admin`select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as mighty from pg_roles where rolname in ('sm_ingest', 'sm_app', 'sm_owner') order by rolname`
    expect(roles.map((r) => [r['rolname'], r['mighty']])).toEqual([
      ['sm_app', false],
      ['sm_ingest', false],
      ['sm_owner', false],
    ])
    const owned =
      await database.admin`select relname from pg_class where relowner in ('sm_ingest'::regrole, 'sm_app'::regrole)`
    expect(owned.length).toBe(0)
  })

  it('INV-40 INV-41: a CDR job done twice, at once or one after the other, leaves one CDR and one event', async () => {
    const { session, outbox } = await closedSession()
    const job = { id: outbox, tenant: 'default', key: session }
    const parts = { app: database.app, clock, ids: systemIds }
    const written = await Promise.all([writeCdrs(parts, job), writeCdrs(parts, job), writeCdrs(parts, job)])
    await writeCdrs(parts, job)
    expect(written.flatMap(({ entries }) => entries).length).toBe(1)
    const [row] = await database.admin<
      { cdrs: number; events: number; outbox: number }[]
    >`select (select count(*)::int from cdrs where session = ${session}) as cdrs,
      (select count(*)::int from events where type = 'cdr.issued' and data ->> 'session' = ${session}) as events, (select count(*)::int from outbox where key = ${session}) as outbox`
    expect(row).toEqual({ cdrs: 1, events: 1, outbox: 0 })
  })

  it('a CDR is never changed and never deleted, not even by the superuser', async () => {
    await expect(database.admin`update cdrs set energy_mwh = 0`).rejects.toThrow(/never changed/)
    await expect(database.admin`delete from cdrs`).rejects.toThrow(/never changed/)
  })

  it('INV-44: an outbox row is relayed again when no effect came of it, and not before', async () => {
    const { session } = await closedSession()
    const outbox = postgresOutbox(database.ingest)
    const keys = async (againAfterMs: number): Promise<readonly string[]> =>
      (await outbox.claim(100, againAfterMs)).map((job) => job.key)
    expect(await keys(60_000)).toContain(session)
    expect(await keys(60_000)).not.toContain(session)
    expect(await keys(0)).toContain(session)
  })

  it('INV-35 INV-32 R-10: what an older socket says of the present changes nothing', async () => {
    const identity = station()
    const state = postgresCurrentState(database.ingest)
    const credentials = postgresCredentials(database.ingest)
    const [older, newer] = [
      (await credentials.open({ tenant: 'default', identity })).epoch,
      (await credentials.open({ tenant: 'default', identity })).epoch,
    ]
    const of = { tenant: 'default', identity, at: clock.now() }
    const report = { evse: 1, connector: 1, errorCode: 'NoError' }
    await state.write([
      { ...of, epoch: newer, kind: 'connected', protocol: 'ocpp1.6', address: '', worker: 'w' },
      {
        ...of,
        epoch: newer,
        kind: 'status',
        report: { ...report, status: 'charging' },
        before: 'unknown',
        irregular: false,
        unchanged: false,
      },
    ])
    await state.write([
      { ...of, epoch: older, kind: 'disconnected', code: 1006, reason: 'late' },
      {
        ...of,
        epoch: older,
        kind: 'status',
        report: { ...report, status: 'available' },
        before: 'unknown',
        irregular: false,
        unchanged: false,
      },
      { ...of, epoch: older, kind: 'booted', inventory: { vendor: 'old', model: 'old' }, registration: 'accepted' },
    ])
    const [row] =
      await database.admin`select c.closed_at, k.status, c.epoch::int from connections c join connectors k using (tenant, identity) where c.identity = ${identity} and c.tenant = 'default'`
    expect([row?.['closed_at'], row?.['status'], row?.['epoch']]).toEqual([null, 'charging', newer])
    const told = await database.admin`select type from events where subject = ${identity} order by id`
    expect(told.map(({ type }) => type as string).filter((type) => type !== 'charge-point.registered')).toEqual([
      'charge-point.connected',
      'connector.status',
    ])
  })

  it('D-17: a reader that looks while others write hears each event once: the story of a page read after its end was taken', async () => {
    const { events } = postgresStore(database.app, database.ingest)
    let { cursor } = await events.after('default', undefined, 500)
    let isWriting = true
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let i = 0; i < 60; i++)
        await insertEvents(database.admin as never, [
          { tenant: 'default', type: 'token.changed', subject: `HAMMER-${writer}-${i}`, at: 0, data: {} },
        ])
    })
    const written = Promise.all(writers).finally(() => (isWriting = false))
    const heard: string[] = []
    for (let isLast = false; !isLast;) {
      isLast = !isWriting
      const page = await events.after('default', cursor, 500)
      cursor = page.cursor
      heard.push(...page.events.map(({ subject }) => subject))
    }
    await written
    const hammered = heard.filter((subject) => subject.startsWith('HAMMER'))
    expect([hammered.length, new Set(hammered).size]).toEqual([360, 360])
  })

  it('D-17: events are in the order of their transactions, also where these get one digit more: the story of xids sorted as texts', async () => {
    const insert = (xid: number): PromiseLike<unknown> =>
      database.admin`insert into events (xid, tenant, type, subject, at, data) values (${xid}::text::xid8, 'default', 'token.changed', 'DIGITS', now(), '{}')`
    for (const xid of [9, 10, 99, 100]) await insert(xid)
    const rows = await eventsAfter(database.ingest, ['0', '0'], 1_000)
    expect(rows.filter(({ subject }) => subject === 'DIGITS').map(({ xid }) => xid)).toEqual(['9', '10', '99', '100'])
  })

  it('removes events and answers that are too old, of every tenant, and nothing else', async () => {
    const { admin, ingest } = database
    await admin`insert into events (tenant, type, subject, at, data)
      select t, 'token.changed', 'AGE-' || d, now() - d * interval '1 day', '{}' from unnest(array['default', 'other']) t, unnest(array[1, 29, 31, 400]) d`
    await admin`insert into idempotency (tenant, key, fingerprint, created_at)
      select 'default', 'AGE-' || h, gen_random_uuid(), now() - h * interval '1 hour' from unnest(array[1, 24, 26]) h`
    await removeOld(ingest, 30)
    const left = await admin`select distinct subject as name from events where subject like 'AGE-%'
      union select key from idempotency where key like 'AGE-%'`
    expect(left.map(({ name }) => name as string).toSorted()).toEqual(['AGE-1', 'AGE-24', 'AGE-29'])
  })

  it('a record has what its station told of itself when it last booted', async () => {
    const identity = station()
    const { epoch } = await postgresCredentials(database.ingest).open({ tenant: 'default', identity })
    const booted = {
      kind: 'booted',
      tenant: 'default',
      identity,
      epoch,
      at: clock.now(),
      registration: 'accepted',
    } as const
    const state = postgresCurrentState(database.ingest)
    const known: unknown[] = []
    for (const firmware of ['v4.2.2', undefined]) {
      const inventory = { vendor: 'OpenEVSE', model: 'Advanced Series', ...(firmware !== undefined && { firmware }) }
      await state.write([{ ...booted, inventory }])
      known.push(await postgresCredentials(database.ingest).find('default', identity))
    }
    expect(known).toEqual([
      expect.objectContaining({ vendor: 'OpenEVSE', model: 'Advanced Series', firmware: 'v4.2.2' }),
      expect.not.objectContaining({ firmware: expect.anything() as unknown }),
    ])
  })

  it('R-11 D-5: a hundred connects at once on a pool of six get a hundred different, growing epochs', async () => {
    const identity = station()
    const credentials = postgresCredentials(database.ingest)
    const openings = await Promise.all(
      Array.from({ length: 100 }, () => credentials.open({ tenant: 'default', identity })),
    )
    const epochs = openings.map(({ epoch }) => epoch)
    expect(new Set(epochs).size).toBe(100)
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b))
  })

  it('R-11 R-12: fifty stations report their connectors at the same moment, and all are written', async () => {
    const state = postgresCurrentState(database.ingest)
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        state.write([
          {
            tenant: 'default',
            identity: `CP-${i}`,
            epoch: 1_000,
            at: clock.now(),
            kind: 'status',
            report: { evse: 7, connector: 1, status: 'faulted', errorCode: 'GroundFailure' },
            before: 'unknown',
            irregular: false,
            unchanged: false,
          },
        ]),
      ),
    )
    const [row] = await database.admin<{ n: number }[]>`select count(*)::int as n from connectors where evse = 7`
    expect(row?.n).toBe(50)
  })

  it('D-17: an event that is committed late is not skipped by those who follow', async () => {
    const cursor = parseCursor(await endOfFeed(database.ingest)) ?? ['0', '0']
    const insert = (sql: typeof database.admin, subject: string) =>
      sql`insert into events (tenant, type, subject, at, data) values ('default', 'token.changed', ${subject}, now(), '{}')`
    const slow = database.admin.begin(async (tx) => {
      await insert(tx as never, 'slow')
      await new Promise((go) => setTimeout(go, 400))
    })
    await new Promise((go) => setTimeout(go, 100))
    await insert(database.admin, 'quick')
    const subjects = async (): Promise<readonly string[]> =>
      (await eventsAfter(database.ingest, cursor, 100))
        .map((e) => e.subject)
        .filter((s) => s === 'slow' || s === 'quick')
    expect(await subjects()).toEqual([])
    await slow
    expect(await subjects()).toEqual(['slow', 'quick'])
  })

  it('INV-24: a session without a stop is closed by its deadline once, and a stop that comes later still counts', async () => {
    const cp = station()
    const ledger = postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest })
    await ledger.commit([started(cp, { authorization: { status: 'Invalid' } })])
    await clock.pass(16 * 60_000)
    const deadlines = postgresDeadlines(database.ingest, clock)
    expect((await deadlines.sweep(100)).handled).toBeGreaterThan(0)
    expect((await deadlines.sweep(100)).handled).toBe(0)
    const stateOf = async (): Promise<unknown> =>
      (await database.admin`select state, inferred_by from sessions where identity = ${cp} and tenant = 'default'`)[0]
    expect(await stateOf()).toEqual({ state: 'inferred', inferred_by: 'refused token' })
    await ledger.commit([stopped(cp, '1000001')])
    expect(await stateOf()).toEqual({ state: 'closed', inferred_by: 'refused token' })
  })

  it('INV-48: an order that was sent and never answered ends unknown, one that was never sent ends expired', async () => {
    const store = postgresStore(database.app, database.ingest)
    const make = (): Omit<Command, 'number'> => ({
      tenant: 'default',
      identity: 'CP-0',
      id: systemIds.uuid(),
      order: { type: 'unlock', evse: 1 },
      state: 'queued',
      waits: false,
      createdAt: clock.now(),
      deadline: clock.now() + 1_000,
      history: [],
    })
    const [queued, sent] = [make(), make()]
    await store.commands.create(queued)
    await store.commands.create(sent)
    await store.commands.step(sent, { at: clock.now(), state: 'sent' })
    await clock.pass(2_000)
    const { commands } = await postgresDeadlines(database.ingest, clock).sweep(100)
    expect(commands.toSorted()).toEqual([queued.id, sent.id].toSorted())
    expect([
      (await store.commands.find('default', queued.id))?.outcome,
      (await store.commands.find('default', sent.id))?.outcome,
    ]).toEqual(['expired', 'timeoutUnknown'])
    // what comes after the end changes nothing
    expect(await store.commands.step(queued, { at: clock.now(), state: 'sent' })).toMatchObject({
      taken: false,
      command: { state: 'done' },
    })
  })

  it('D-20: what was not there is not remembered, what was is, until it is forgotten', async () => {
    let asked = 0
    let value: string | undefined
    const cache = new ReadThrough<string>(async () => (asked++, value))
    expect([await cache.find('a'), await cache.find('a'), asked]).toEqual([undefined, undefined, 2])
    value = 'x'
    expect([await cache.find('a'), await cache.find('a'), asked]).toEqual(['x', 'x', 3])
    value = 'y'
    cache.forget('a')
    expect(await cache.find('a')).toBe('y')
    value = 'z'
    expect([await cache.renew('a'), await cache.find('a'), asked]).toEqual(['z', 'z', 5])
    value = undefined
    expect([await cache.renew('a'), cache.has('a')]).toEqual([undefined, false])
  })

  it('migrations run once, by two processes at once, and refuse a changed file and a newer database', async () => {
    const again = await Promise.all(
      [1, 2].map(() => prepare({ admin: { target: database.target, ...database.superuser }, passwordOf })),
    )
    expect(again.flatMap((p) => p.ran)).toEqual([])
    await Promise.all(again.map((p) => p.close()))
    const owner = connect({
      target: database.target,
      user: 'sm_owner',
      password: passwordOf('sm_owner'),
      max: 1,
      name: 'owner',
    })
    const [one] = migrations()
    if (one === undefined) throw new Error('no migrations')
    await expect(migrate(owner, [{ ...one, checksum: 'changed' }])).rejects.toThrow(MigrationRefused)
    await expect(migrate(owner, [])).rejects.toThrow(/newer Stationmaster/)
    await owner.end()
  })

  it('D-14: row-level security does not keep one among many from being found by an index', async () => {
    await database.register(2_000, 'large')
    const plan = (query: string): Promise<string> =>
      database.app.begin(async (tx) => {
        await tx`select set_config('sm.tenant', 'large', true)`
        const rows = await tx.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${query}`)
        return rows.map((row) => row['QUERY PLAN']).join('\n')
      })
    await database.admin`analyze charge_points`
    const found = (table: string) => `select 1 from ${table} where tenant = 'large' and key = lower('CP-5')`
    expect(await plan(found('charge_points'))).toMatch(/Index Cond: .*tenant = .*key = /)
    expect(await plan(found('tokens'))).toMatch(/Index Cond: .*tenant = .*key = /)
  })
})
