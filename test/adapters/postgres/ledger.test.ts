import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../../adapters/postgres/connect.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { sessionColumns, sessionOf, type SessionRow } from '../../../adapters/postgres/rows.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Ledger } from '../../../core/ports/ledger.ts'
import { LedgerUnavailable } from '../../../core/ports/ledger.ts'
import { type LedgerUnderTest, ledgerContract } from '../../contracts/ledger.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, passwordOf, testDigest, type TestDatabase } from '../../support/database.ts'
import { reading, sampled, started, stopped } from '../../support/facts.ts'
import { until } from '../../support/server.ts'

describe('the ledger on PostgreSQL', () => {
  let database: TestDatabase
  let ledger: Ledger
  let stations = 0
  const clock = new TestClock()

  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(400)
    ledger = postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest })
  })
  afterAll(() => database.close())

  const station = (): string => `CP-${stations++}`
  const sessions = async (identity: string) =>
    (
      await database.ingest<
        SessionRow[]
      >`select ${database.ingest.unsafe(sessionColumns)} from sessions s where s.identity = ${identity} order by s.id`
    ).map(sessionOf)
  const count = async (query: PromiseLike<readonly { n: number }[]>): Promise<number> => (await query)[0]?.n ?? 0
  const underTest = (): LedgerUnderTest => ({
    ledger,
    station,
    sessions,
    samples: (identity) =>
      count(
        database.ingest<
          { n: number }[]
        >`select count(*) as n from samples where session in (select id from sessions where identity = ${identity})`,
      ),
    facts: async (identity) =>
      (await database.ingest<{ kind: string }[]>`select kind from facts where identity = ${identity} order by at`).map(
        (f) => f.kind,
      ),
    outbox: (session) =>
      count(database.ingest<{ n: number }[]>`select count(*) as n from outbox where key = ${session}`),
    deadlines: async (session) =>
      (await database.ingest<{ reason: string }[]>`select reason from deadlines where key = ${session}`).map(
        (d) => d.reason,
      ),
    jobsDone: async () => void (await database.admin`delete from outbox`),
    alarms: async (identity) =>
      (
        await database.ingest<
          { alarm: string }[]
        >`select data->>'alarm' as alarm from events where type = 'security.alarm' and subject = ${identity}`
      ).map(({ alarm }) => alarm),
  })

  ledgerContract(underTest)

  it('D-2 BI-28: of 200 facts three poisoned ones end in quarantine, 197 are stored, within two commits', async () => {
    const names = Array.from({ length: 200 }, station)
    const poison: Readonly<Record<number, object>> = {
      20: { token: 'CA\u0000RD' },
      120: { token: 'x', transaction: '1', meterMwh: 1e300 },
      199: { flags: ['\u0000'] },
    }
    const facts = names.map((name, i) => started(name, poison[i]))
    let begun = 0
    const begin = (work: never): unknown => {
      begun++
      return database.ingest.begin(work)
    }
    const counting = new Proxy(database.ingest, {
      get: (target, key) => (String(key) === 'begin' ? begin : Reflect.get(target, key)),
    })
    const verdicts = await postgresLedger({ sql: counting, clock, ids: systemIds, digest: testDigest }).commit(facts)
    expect(begun).toBe(2)
    expect(verdicts.map((v, i) => [i, v.stored]).filter(([, stored]) => stored === false)).toEqual([
      [20, false],
      [120, false],
      [199, false],
    ])
    expect(
      await count(database.ingest<{ n: number }[]>`select count(*) as n from sessions where identity = any(${names})`),
    ).toBe(197)
    expect(
      await count(
        database.ingest<{ n: number }[]>`select count(*) as n from quarantine where identity = any(${names})`,
      ),
    ).toBe(3)
  })

  it('INV-15: two workers racing for the same start and the same counter never give two ids, nor one id twice', async () => {
    const other = connect({
      target: database.target,
      user: 'sm_ingest',
      password: passwordOf('sm_ingest'),
      max: 4,
      name: 'another worker',
    })
    const another = postgresLedger({ sql: other, clock, ids: systemIds, digest: testDigest })
    const cp = station()
    const verdicts = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (i % 2 === 0 ? ledger : another).commit([started(cp, { connector: 1 + (i >> 2), token: `CARD${i >> 2}` })]),
      ),
    )
    await other.end()
    const ids = verdicts.map((v) => (v?.[0]?.stored === true ? v[0].receipt.session?.transaction : undefined))
    expect(new Set(ids).size).toBe(10)
    for (let i = 0; i < 40; i += 4) expect(new Set(ids.slice(i, i + 4)).size).toBe(1)
    expect((await sessions(cp)).length).toBe(10)
  })

  it('INV-10 F-05: a batch whose connection broke is unavailable, and the same batch again gives its receipts', async () => {
    const cp = station()
    const lone = connect({
      target: database.target,
      user: 'sm_ingest',
      password: passwordOf('sm_ingest'),
      max: 1,
      name: 'doomed',
    })
    const doomed = postgresLedger({ sql: lone, clock, ids: systemIds, digest: testDigest })
    const lock = database.admin.begin(async (tx) => {
      await tx`lock table sessions in access exclusive mode`
      await new Promise((go) => setTimeout(go, 300))
      await tx`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'doomed'`
    })
    await new Promise((go) => setTimeout(go, 100))
    await expect(doomed.commit([started(cp)])).rejects.toThrow(LedgerUnavailable)
    await lock
    // as the journal does: what is unavailable is offered again
    const [verdict] = await until('the store to commit again', () =>
      doomed.commit([started(cp)]).catch(() => undefined),
    )
    expect(verdict).toMatchObject({ stored: true, receipt: { repeated: false, session: { transaction: '1000001' } } })
    await lone.end()
  })

  it('F-08: many writers on the same sessions all get through', async () => {
    const cp = station()
    await ledger.commit([started(cp)])
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => ledger.commit([sampled(cp, '1000001', reading(i, i * 1000 + 1_000_000))])),
    )
    expect(await underTest().samples(cp)).toBe(30)
    expect(await sessions(cp)).toMatchObject([{ lastRegister: { mwh: 1_029_000 } }])
  })

  it('INV-20: what two workers remember of a session never takes back what the other has written', async () => {
    const cp = station()
    const other = postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest })
    await ledger.commit([started(cp)])
    await ledger.commit([sampled(cp, '1000001', reading(10, 2_000_000))])
    await other.commit([sampled(cp, '1000001', reading(15, 2_500_000))])
    await ledger.commit([sampled(cp, '1000001', reading(30, 4_000_000))])
    await other.commit([sampled(cp, '1000001', reading(20, 3_000_000))])
    expect((await sessions(cp))[0]?.lastRegister?.mwh).toBe(4_000_000)
  })

  it('D-18: a late reading is filed under the day on which its session was opened', async () => {
    const cp = station()
    await ledger.commit([started(cp)])
    await clock.pass(3 * 86_400_000)
    await ledger.commit([sampled(cp, '1000001', reading(5, 1_100_000)), stopped(cp, '1000001')])
    const days = await database.ingest<
      { day: string }[]
    >`select distinct day::text from samples where session = (select id from sessions where identity = ${cp}) union select distinct day::text from facts where identity = ${cp}`
    expect(days.map((d) => d.day)).toEqual(['2026-11-24'])
    const indexes = await database.admin<
      { am: string }[]
    >`select am.amname as am from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am am on am.oid = c.relam where i.indrelid = 'samples'::regclass`
    expect(indexes.map((i) => i.am)).toContain('brin')
  })
})
