import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeCdrs } from '../../../adapters/postgres/cdr-writer.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { asTenant } from '../../../adapters/postgres/tenant.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { AuditDraft } from '../../../core/domain/audit.ts'
import type { Cdr } from '../../../core/domain/cdr.ts'
import type { Fact } from '../../../core/domain/fact.ts'
import type { Store } from '../../../core/ports/store.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { reading, sampled, started, stopped } from '../../support/facts.ts'

const kwh = 1_000_000
const actor = { key: '00000000-0000-7000-8000-00000000000a', label: 'accounting' }

describe('CDRs on hold, on PostgreSQL', () => {
  let database: TestDatabase
  let store: Store
  let next = 0
  const clock = new TestClock()
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(40)
    await database.register(2, 'other')
    store = postgresStore(database.app, database.ingest)
  })
  afterAll(() => database.close())

  const station = (): string => `CP-${next++}`
  const commit = (...facts: readonly Fact[]) =>
    postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest }).commit(facts)
  const work = async (): Promise<void> => {
    const jobs = await database.admin<{ id: number; key: string }[]>`select id::int, key from outbox where kind = 'cdr'`
    for (const job of jobs) await writeCdrs({ app: database.app, clock, ids: systemIds }, { tenant: 'default', ...job })
  }
  /** Does every job that waits, and gives the CDRs of a charge point, oldest first. */
  const books = async (identity: string): Promise<readonly Cdr[]> => {
    await work()
    return (await store.cdrs.list('default', { chargePoint: identity }, { limit: 10 })).items.toReversed()
  }
  const events = async (cdr: string): Promise<readonly string[]> =>
    (await database.admin<{ type: string }[]>`select type from events where subject = ${cdr} order by id`).map(
      ({ type }) => type,
    )
  /** A charge that is said to begin at zero, of a meter that has counted much: held. */
  const lifetime = async (cp = station()): Promise<{ readonly cp: string; readonly cdr: Cdr }> => {
    await commit(started(cp, { meterMwh: 0 }), sampled(cp, '1000001', reading(10, 901 * kwh)))
    await commit(stopped(cp, '1000001', { meterMwh: 906 * kwh }))
    const [cdr] = await books(cp)
    if (cdr === undefined) throw new Error('no CDR')
    return { cp, cdr }
  }
  const release = (id: string, how: { as: 'measured' | 'proposed' } | { as: 'corrected'; energyMwh: number }) =>
    store.cdrs.release('default', id, { ...how, by: actor, note: 'looked at the meter', at: clock.now() })

  it('an honest session is issued, an odd one is held, and both are told', async () => {
    const honest = station()
    await commit(started(honest), stopped(honest, '1000001'))
    const [issued] = await books(honest)
    expect([issued?.state, issued?.hold, await events(issued?.id ?? '')]).toEqual(['issued', undefined, ['cdr.issued']])
    const { cdr } = await lifetime()
    expect(cdr).toMatchObject({
      state: 'held',
      hold: { reasons: [{ rule: 'zeroBaseline' }], proposal: { energyMwh: 5 * kwh }, heldAt: clock.now() },
    })
    expect(await events(cdr.id)).toEqual(['cdr.held'])
  })

  it('INV-25: what comes late writes a held CDR anew, in its place and without a credit', async () => {
    const { cp, cdr } = await lifetime()
    await commit(sampled(cp, '1000001', reading(2, 900 * kwh)))
    const after = await books(cp)
    expect(after).toMatchObject([{ id: cdr.id, version: 0, state: 'held', hold: { proposal: { energyMwh: 6 * kwh } } }])
    expect(await events(cdr.id)).toEqual(['cdr.held', 'cdr.held'])
    await commit(sampled(cp, '1000001', reading(2, 900 * kwh)))
    expect(await books(cp)).toEqual(after)
  })

  it('S-19: a person releases it once, with what they say, and that is audited', async () => {
    const { cp, cdr } = await lifetime()
    expect(await release(cdr.id, { as: 'corrected', energyMwh: 4_500_000 })).toMatchObject({ energyMwh: 4_500_000 })
    const after = await books(cp)
    expect(after).toMatchObject([{ id: cdr.id, state: 'issued', energyMwh: 4_500_000 }])
    expect(after[0]?.hold).toBeUndefined()
    expect(await release(cdr.id, { as: 'measured' })).toBe('notHeld')
    expect(await release(systemIds.uuid(), { as: 'measured' })).toBe('missing')
    expect(await release('nonsense', { as: 'measured' })).toBe('missing')
    expect(await events(cdr.id)).toEqual(['cdr.held', 'cdr.issued'])
    const { items } = await store.audit.list('default', { subject: cdr.id }, { limit: 10 })
    expect(items).toMatchObject([
      {
        action: 'cdr.released',
        actor,
        at: clock.now(),
        note: 'looked at the meter',
        before: { state: 'held', energyWh: 906_000, reasons: [{ rule: 'zeroBaseline' }] },
        after: { state: 'issued', energyWh: 4_500, as: 'corrected' },
        isIntact: true,
      },
    ])
  })

  it('INV-25: once released it stays, until the session says something else: then it is credited, and held again', async () => {
    const cp = station()
    const { meterMwh: _, ...unknown } = stopped(cp, '1000001', { at: clock.now() + 3 * 3_600_000 })
    await commit(started(cp), sampled(cp, '1000001', reading(30, 4 * kwh)), unknown)
    const [cdr] = await books(cp)
    expect(cdr).toMatchObject({ state: 'held', hold: { reasons: [{ rule: 'gap' }] } })
    await release(cdr?.id ?? '', { as: 'proposed' })
    await commit(sampled(cp, '1000001', reading(20, 2 * kwh)))
    expect(await books(cp)).toMatchObject([{ state: 'issued', durationMs: 30 * 60_000 }])
    await commit(sampled(cp, '1000001', reading(60, 7 * kwh)))
    expect(await books(cp)).toMatchObject([
      { id: cdr?.id, version: 0, state: 'credited', energyMwh: 3 * kwh },
      { version: 1, replaces: cdr?.id, state: 'held', energyMwh: 6 * kwh, hold: { reasons: [{ rule: 'gap' }] } },
    ])
  })

  it('never issues itself: a reading that answers its reasons leaves it held', async () => {
    const cp = station()
    const at = clock.now() + 3 * 3_600_000
    await commit(started(cp), sampled(cp, '1000001', reading(30, 4 * kwh)), stopped(cp, '1000001', { at }))
    expect(await books(cp)).toMatchObject([{ state: 'held', hold: { reasons: [{ rule: 'gap' }] } }])
    await commit(sampled(cp, '1000001', reading(170, 5_900_000)))
    expect(await books(cp)).toMatchObject([{ state: 'held', hold: { reasons: [] } }])
  })

  it('a release and a job of the same CDR at once leave one of both worlds', async () => {
    const { cp, cdr } = await lifetime()
    await commit(sampled(cp, '1000001', reading(2, 900 * kwh)))
    await Promise.all([work(), release(cdr.id, { as: 'measured' }), work()])
    expect(await books(cp)).toMatchObject([{ id: cdr.id, state: 'issued', energyMwh: 906 * kwh }])
  })

  it('a release waits for a job that has begun with its session', async () => {
    const { cdr } = await lifetime()
    let released: unknown
    const releasing = await database.admin.begin(async (tx) => {
      await tx`select 1 from sessions where id = ${cdr.session} for update`
      const waiting = release(cdr.id, { as: 'measured' }).then((answer) => (released = answer))
      await new Promise((go) => setTimeout(go, 300))
      expect(released).toBeUndefined()
      return { waiting }
    })
    await releasing.waiting
    expect(released).toMatchObject({ state: 'issued' })
  })

  it('lists by state', async () => {
    const [a, b] = [await lifetime(), await lifetime()]
    await release(b.cdr.id, { as: 'proposed' })
    const ids = async (state: Cdr['state']) =>
      (await store.cdrs.list('default', { state }, { limit: 100 })).items.map(({ id }) => id)
    const [held, issued, credited] = [await ids('held'), await ids('issued'), await ids('credited')]
    expect([held.includes(a.cdr.id), held.includes(b.cdr.id), issued.includes(b.cdr.id)]).toEqual([true, false, true])
    expect(credited.length).toBe(1)
    expect(issued.filter((id) => credited.includes(id) || held.includes(id))).toEqual([])
  })

  it('a held CDR may become issued, and nothing else of it or of one that is issued may change', async () => {
    const { cdr } = await lifetime()
    const { admin } = database
    await expect(admin`update cdrs set version = 7 where id = ${cdr.id}`).rejects.toThrow('never changed')
    await expect(admin`update cdrs set token = 'X' where id = ${cdr.id}`).rejects.toThrow('never changed')
    await expect(admin`update cdrs set state = 'credited' where id = ${cdr.id}`).rejects.toThrow('never changed')
    await expect(admin`delete from cdrs where id = ${cdr.id}`).rejects.toThrow('never changed')
    await expect(admin`delete from cdr_holds where cdr = ${cdr.id}`).rejects.toThrow('never deleted')
    await release(cdr.id, { as: 'measured' })
    await expect(admin`update cdrs set energy_mwh = 1 where id = ${cdr.id}`).rejects.toThrow('never changed')
    await expect(admin`update cdrs set state = 'held' where id = ${cdr.id}`).rejects.toThrow('never changed')
    await expect(admin`update cdr_holds set reasons = '[]' where cdr = ${cdr.id}`).rejects.toThrow('never changed')
  })

  it('D-14: the hold of one tenant is not there for another', async () => {
    const { cdr } = await lifetime()
    const seen = await asTenant(database.app, 'other', (tx) => tx`select 1 from cdr_holds`)
    expect(seen.length).toBe(0)
    const order = { as: 'measured' as const, by: actor, note: 'x', at: clock.now() }
    expect(await store.cdrs.release('other', cdr.id, order)).toBe('missing')
  })

  it('a charge point that can deliver more says so, and is not held for it', async () => {
    const [small, large] = [station(), station()]
    await store.chargePoints.put('default', [{ identity: large, maxPowerW: 1_000_000, firstTransaction: 1 }], 0)
    for (const cp of [small, large]) await commit(started(cp), stopped(cp, '1000001', { meterMwh: 600 * kwh }))
    expect((await books(small)).map(({ state }) => state)).toEqual(['held'])
    expect((await books(large)).map(({ state }) => state)).toEqual(['issued'])
  })

  it('finds the sessions before one by an index', async () => {
    await database.admin`insert into sessions (id, tenant, identity, day, start_key, evse, connector, started_at, state, version)
      select gen_random_uuid(), 'large', 'CP-' || n % 100, current_date, gen_random_uuid(), 1, 1, now() - n * interval '1 hour', 'closed', 1 from generate_series(1, 20000) n`
    await database.admin`analyze sessions`
    const plan = await asTenant(database.app, 'large', async (tx) => {
      const rows = await tx.unsafe<{ 'QUERY PLAN': string }[]>(`explain select id from sessions s
        where s.tenant = 'large' and s.identity = 'CP-7' and (s.connector = 1 or s.token = 'X') and s.id <> '00000000-0000-7000-8000-000000000000'
          and (s.started_at, s.id) < (now(), '00000000-0000-7000-8000-000000000000'::uuid)
        order by s.started_at desc, s.id desc limit 20`)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(plan).toMatch(/sessions_in_time/)
  })

  describe('the audit log', () => {
    const draft = (subject: string, tenant = 'other'): AuditDraft => ({
      tenant,
      at: clock.now(),
      actor,
      action: 'cdr.released',
      subject,
      before: { a: 'ä"\\' },
      note: 'why',
    })
    const all = async (tenant = 'other') => (await store.audit.list(tenant, {}, { limit: 100 })).items

    it('S-19: is a chain of its own for each tenant, also when many write at once', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, i) => store.audit.append(draft(`S-${i}`))))
      const entries = (await all()).toReversed()
      expect(entries.map(({ serial }) => serial)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
      expect(entries[0]?.previous).toBe('00'.repeat(32))
      for (const [i, entry] of entries.entries()) {
        expect(entry.isIntact).toBe(true)
        if (i > 0) expect(entry.previous).toBe(entries[i - 1]?.digest)
      }
      expect(entries[3]).toMatchObject({ actor, action: 'cdr.released', before: { a: 'ä"\\' }, note: 'why' })
    })

    it('comes page by page, and by subject', async () => {
      const first = await store.audit.list('other', {}, { limit: 15 })
      const rest = await store.audit.list('other', {}, { limit: 15, cursor: first.next ?? '' })
      expect([first.items.length, rest.items.length, rest.next]).toEqual([15, 5, null])
      expect((await store.audit.list('other', { subject: 'S-7' }, { limit: 5 })).items.length).toBe(1)
    })

    it('S-19: can only be added to, by the API role as by the superuser', async () => {
      await expect(database.admin`update audit set entry = '{}'`).rejects.toThrow('only ever added to')
      await expect(database.admin`delete from audit`).rejects.toThrow('only ever added to')
      await expect(database.admin`truncate audit`).rejects.toThrow('only ever added to')
      const asApp = (work: 'update audit set entry = entry' | 'delete from audit' | 'truncate audit') =>
        asTenant(database.app, 'other', (tx) => tx.unsafe(work))
      await expect(asApp('update audit set entry = entry')).rejects.toThrow('permission denied')
      await expect(asApp('delete from audit')).rejects.toThrow('permission denied')
      await expect(asApp('truncate audit')).rejects.toThrow('permission denied')
    })

    it('S-19: whoever gets around that and changes or removes an entry breaks the chain there', async () => {
      const tamper = (change: (sql: TestDatabase['admin']) => PromiseLike<unknown>) =>
        database.admin.begin(async (tx) => {
          await tx`set local session_replication_role = replica`
          await change(tx as never)
        })
      const broken = async () => (await all()).filter(({ isIntact }) => !isIntact).map(({ serial }) => serial)
      expect(await broken()).toEqual([])
      await tamper(
        (sql) => sql`update audit set entry = replace(entry, 'S-', 'T-') where tenant = 'other' and serial = 5`,
      )
      expect(await broken()).toEqual([5])
      // also who makes its own digest right again: the one after it was made of the old one
      await tamper(
        (sql) =>
          sql`update audit set digest = audit_digest(previous, tenant, serial, entry) where tenant = 'other' and serial = 5`,
      )
      expect(await broken()).toEqual([6])
      await tamper((sql) => sql`delete from audit where tenant = 'other' and serial = 12`)
      expect(await broken()).toEqual([13, 6])
    })
  })
})
