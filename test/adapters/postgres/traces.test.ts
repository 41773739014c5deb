import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dropOldFrames } from '../../../adapters/postgres/retention.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { asTenant } from '../../../adapters/postgres/tenant.ts'
import { startTraceDefault } from '../../../adapters/postgres/trace-default.ts'
import { postgresTraces } from '../../../adapters/postgres/trace-store.ts'
import { isInTime, isWanted, type TraceQuery } from '../../../core/domain/trace.ts'
import type { StoredTrace } from '../../../core/ports/trace-store.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

const day = 86_400_000
const noon = Date.UTC(2026, 10, 24, 12)

const entry = (serial: number, more: Partial<StoredTrace> = {}): StoredTrace => ({
  tenant: 'default',
  identity: 'CP-1',
  at: noon + serial,
  serial,
  kind: 'frame',
  direction: 'in',
  action: 'Heartbeat',
  messageId: String(serial),
  verdict: 'taken',
  size: 24,
  text: `[2,"${serial}","Heartbeat",{}]`,
  ...more,
})

describe('the trace in PostgreSQL', () => {
  let database: TestDatabase
  let identities = 0
  const fresh = (): string => `TRACED-${identities++}`

  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(3)
    await database.register(1, 'other')
  })
  afterAll(() => database.close())

  const newest = (identity: string, query: Partial<TraceQuery> = {}, tenant = 'default') =>
    postgresStore(database.app, database.ingest).traces.newest({ tenant, identity }, { limit: 100, ...query })

  it('is read as it was written, newest first, an entry that is written again once', async () => {
    const identity = fresh()
    const traces = postgresTraces(database.ingest)
    const entries = [
      entry(1, { identity }),
      entry(2, { identity, direction: 'out', verdict: 'answered', latencyMs: 12, text: '[3,"1",{}]' }),
      { tenant: 'default', identity, at: noon + 2, serial: 3, kind: 'opened', size: 2, text: '{}' } as const,
    ]
    await traces.write(entries)
    await traces.write(entries)
    const shown = await newest(identity)
    expect(shown.map((found) => ({ tenant: 'default', identity, ...found }))).toEqual(entries.toReversed())
  })

  it('answers every question as the memory does', async () => {
    const identity = fresh()
    const actions = ['Heartbeat', 'StatusNotification', 'Reset']
    const entries = Array.from({ length: 120 }, (_, i) =>
      entry(i, {
        identity,
        // three days, with entries of the same millisecond
        at: noon + Math.floor(i / 40) * day + Math.floor((i % 40) / 2),
        direction: i % 3 === 0 ? 'out' : 'in',
        action: actions[i % 3] ?? '',
        verdict: i % 5 === 0 ? 'answered' : 'taken',
        text: `text ${i % 7}`,
      }),
    )
    await postgresTraces(database.ingest).write(entries)
    const questions: readonly Partial<TraceQuery>[] = [
      {},
      { from: noon + 5 },
      { to: noon + day + 3 },
      { from: noon + day, to: noon + day + 9 },
      { below: { at: noon + day + 4, serial: 49 } },
      { direction: 'out', verdict: 'answered' },
      { action: 'Reset', texts: ['text 2', 'text 3'] },
      { kind: 'opened' },
      { from: noon + 9 * day, to: noon },
      { to: 1e15 },
    ]
    for (const question of questions) {
      const expected = entries
        .filter((e) => isInTime(e, question) && isWanted(e, question))
        .map(({ serial }) => serial)
        .toReversed()
      expect([question, (await newest(identity, { ...question, limit: 200 })).map(({ serial }) => serial)]).toEqual([
        question,
        expected,
      ])
      expect((await newest(identity, { ...question, limit: 7 })).map(({ serial }) => serial)).toEqual(
        expected.slice(0, 7),
      )
    }
  })

  it('D-14: belongs to its tenant', async () => {
    const identity = fresh()
    await postgresTraces(database.ingest).write([
      entry(1, { identity, tenant: 'default', text: 'ours' }),
      entry(1, { identity, tenant: 'other', text: 'theirs' }),
    ])
    expect((await newest(identity, {}, 'other')).map(({ text }) => text)).toEqual(['theirs'])
    const seen = await asTenant(
      database.app,
      'other',
      (tx) => tx<{ tenant: string }[]>`select distinct tenant from frames`,
    )
    expect(seen.map(({ tenant }) => tenant)).toEqual(['other'])
    await expect(
      asTenant(database.app, 'default', (tx) => tx`insert into frames select * from frames limit 0`),
    ).rejects.toThrow(/permission denied/)
  })

  it('S-22: whole days go when they are too old, and no others', async () => {
    const identity = fresh()
    const now = Date.now()
    const ages = [0, 29, 31, 400]
    await postgresTraces(database.ingest).write(ages.map((age, i) => entry(i, { identity, at: now - age * day })))
    expect(await dropOldFrames(database.ingest, 30)).toBeGreaterThan(1)
    expect((await newest(identity)).map(({ serial }) => serial)).toEqual([0, 1])
    const [row] = await database.admin<{ n: number }[]>`select count(*)::int as n from pg_inherits i
      where i.inhparent = 'frames'::regclass and i.inhrelid::regclass::text < 'frames' || to_char(now() at time zone 'UTC' - interval '30 days', '_YYYYMMDD')`
    expect(row?.n).toBe(0)
    // a day that went is made again for whoever comes so late
    await postgresTraces(database.ingest).write([entry(9, { identity, at: now - 400 * day })])
    expect(await newest(identity)).toHaveLength(3)
    expect(await dropOldFrames(database.ingest, 0)).toBeGreaterThan(0)
    expect(await newest(identity)).toEqual([])
  })

  it('makes a day once, when many write at midnight', async () => {
    const identity = fresh()
    const at = Date.UTC(2031, 0, 1)
    await Promise.all(
      Array.from({ length: 8 }, (_, i) => postgresTraces(database.ingest).write([entry(i, { identity, at: at + i })])),
    )
    expect(await newest(identity)).toHaveLength(8)
  })

  it('days that somebody looks at are dropped another time, and nobody waits for it for long', async () => {
    const identity = fresh()
    await postgresTraces(database.ingest).write([entry(1, { identity, at: Date.now() - 100 * day })])
    await database.admin.begin(async (tx) => {
      await tx`select 1 from frames limit 1`
      await expect(dropOldFrames(database.ingest, 30)).rejects.toThrow(/lock timeout/)
    })
    expect(await dropOldFrames(database.ingest, 30)).toBe(1)
  })

  it('is found by its index, the newest days first, without reading the others', async () => {
    const identity = fresh()
    const days = Array.from({ length: 20 }, (_, i) => noon + 100 * day + i * day)
    await postgresTraces(database.ingest).write(
      days.flatMap((at, i) => Array.from({ length: 50 }, (_, n) => entry(i * 50 + n, { identity, at: at + n }))),
    )
    await database.admin`analyze frames`
    const plan = await asTenant(database.app, 'default', async (tx) => {
      const rows = await tx.unsafe<{ 'QUERY PLAN': string }[]>(
        `explain (analyze, costs off, timing off, summary off) select * from frames where tenant = 'default' and identity = '${identity}' order by day desc, at desc, serial desc limit 10`,
      )
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(plan).toMatch(/Index Scan Backward/)
    expect(plan).not.toMatch(/Sort|Seq Scan/)
    expect(plan.match(/never executed/g)?.length ?? 0).toBeGreaterThan(10)
  })

  it('is kept of all while there are fewer than 1,000 charge points', async () => {
    const few = await startTraceDefault(database.ingest)
    expect(few.storesAll()).toBe(true)
    few.stop()
    await database.register(1_000, 'crowd')
    const many = await startTraceDefault(database.ingest)
    expect(many.storesAll()).toBe(false)
    many.stop()
  })
})
