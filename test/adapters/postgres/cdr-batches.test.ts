import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeCdrs } from '../../../adapters/postgres/cdr-writer.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { postgresOutbox } from '../../../adapters/postgres/outbox.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Cdr } from '../../../core/domain/cdr.ts'
import type { Fact } from '../../../core/domain/fact.ts'
import type { TariffElement } from '../../../core/pricing/tariff.ts'
import type { Store } from '../../../core/ports/store.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { numbered, reading, sampled, started, stopped } from '../../support/facts.ts'
import { element, energy, flat, parking, time } from '../../support/pricing.ts'

const kwh = 1_000_000
const minute = 60_000
const noon = Date.UTC(2026, 10, 24, 12)
const by = { key: '', label: '' }

describe('CDRs that are written together, on PostgreSQL', () => {
  let database: TestDatabase
  let store: Store
  let next = 0
  const clock = new TestClock()
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(600)
    store = postgresStore(database.app, database.ingest)
  })
  afterAll(() => database.close())

  const stations = (count: number): readonly string[] => Array.from({ length: count }, () => `CP-${next++}`)
  const commit = (...facts: readonly Fact[]) =>
    postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest }).commit(facts)
  const charge = (cp: string): readonly Fact[] => {
    // its stop has no register: what the last reading says counts
    const { meterMwh: _, ...stop } = stopped(cp, '1000001')
    return [started(cp), sampled(cp, '1000001', reading(50, 6 * kwh)), stop]
  }
  /** The rows that wait, of these charge points. */
  const waiting = async (cps: readonly string[]): Promise<readonly number[]> => {
    const rows = await database.admin<{ id: number }[]>`select o.id::int from outbox o
      join sessions s on s.id::text = o.key where o.kind = 'cdr' and s.identity = any(${[...cps]}) order by o.id`
    return rows.map(({ id }) => id)
  }
  const write = ([id = 0, ...beside]: readonly number[]) =>
    writeCdrs({ app: database.app, clock, ids: systemIds }, { tenant: 'default', id, beside })
  const cdrsOf = async (cp: string): Promise<readonly Cdr[]> =>
    (await store.cdrs.list('default', { chargePoint: cp }, { limit: 10 })).items.toSorted(
      (a, b) => a.startedAt - b.startedAt || a.version - b.version,
    )
  /** INV-40: one CDR, one event and one seal to come for each, and nothing that waits. */
  const hold = async (cps: readonly string[]): Promise<void> => {
    const rows = await database.admin<{ identity: string; versions: string; events: number; seals: number }[]>`
      select c.identity, string_agg(c.version::text, ' ') as versions,
        sum((select count(*) from events e where e.type = 'cdr.issued' and e.subject = c.id::text))::int as events,
        sum((select count(*) from unsealed u where u.id = c.id))::int as seals
      from cdrs c where c.identity = any(${[...cps]}) group by c.identity`
    const found = new Map(rows.map(({ identity, ...row }) => [identity, row]))
    expect(cps.map((cp) => found.get(cp))).toEqual(cps.map(() => ({ versions: '0', events: 1, seals: 1 })))
    expect(await waiting(cps)).toEqual([])
  }
  const priced = async (cp: string, elements: readonly TariffElement[]): Promise<void> => {
    const act = { by, at: clock.now() }
    const content = { currency: 'EUR', taxIncluded: 'NO', elements, startsAt: 0 } as const
    await store.tariffs.put({ tenant: 'default', id: cp }, content, act)
    const place = { kind: 'chargePoint', chargePoint: cp } as const
    const assigned = { id: cp, tariff: cp, drivers: { kind: 'everyone' }, place, from: 0 } as const
    await store.tariffs.assignments.put('default', assigned, act)
  }

  /** What may happen at charge points, each with what its tariff needs to know: of two commits, with a job between them. */
  const histories: readonly ((cp: string) => readonly [readonly Fact[], readonly Fact[]])[] = [
    (cp) => [charge(cp), []],
    (cp) => [charge(cp), [sampled(cp, '1000001', reading(55, 7 * kwh))]],
    (cp) => [charge(cp), [sampled(cp, '1000001', reading(30, 5 * kwh))]],
    // its meter has counted much, and it is said to begin at zero: held
    (cp) => [
      [
        started(cp, { meterMwh: 0 }),
        sampled(cp, '1000001', reading(10, 901 * kwh)),
        stopped(cp, '1000001', { meterMwh: 906 * kwh }),
      ],
      [sampled(cp, '1000001', reading(2, 900 * kwh))],
    ],
    (cp) => [
      [
        numbered(cp, 0, { phase: 'started', readings: [reading(0, kwh)], charging: 'charging' }),
        numbered(cp, 1, { at: noon + 30 * minute, readings: [reading(30, 6 * kwh)], charging: 'suspendedByVehicle' }),
        numbered(cp, 2, { phase: 'ended', at: noon + 60 * minute, readings: [reading(60, 6 * kwh)] }),
      ],
      [],
    ],
    (cp) => [[...charge(cp), started(cp, { connector: 2, evse: 2, token: 'CARD2', at: noon + 1 })], []],
    (cp) => [
      [
        ...charge(cp),
        started(cp, { at: noon + 70 * minute, meterMwh: 6 * kwh }),
        stopped(cp, '1000002', { at: noon + 90 * minute, meterMwh: 8 * kwh }),
      ],
      [],
    ],
  ]
  const tariffs: readonly (readonly TariffElement[])[] = [
    [],
    [element({}, flat('1', '19'), energy('0.50', '19'), time('1.20'), parking('12'))],
    [element({ startTime: '12:30' }, energy('1')), element({}, energy('0.10'))],
  ]
  /** Without the names of things. */
  const said = (cdrs: readonly Cdr[]): readonly unknown[] =>
    cdrs.map(({ version, state, energyMwh, startedAt, endedAt, notes, token, hold: held, priced: price, credits }) => [
      [version, state, energyMwh, startedAt, endedAt, notes, token, credits.length],
      [held?.reasons.map(({ rule }) => rule), held?.proposal?.energyMwh, held?.heldAt],
      [price?.periods, price?.lines, price?.total],
    ])

  it('each has what it has when it is written alone', async () => {
    const all = tariffs.flatMap((elements) => histories.map((history) => ({ elements, history })))
    const [alone, together] = [stations(all.length), stations(all.length)]
    for (const cps of [alone, together])
      for (const [i, { elements }] of all.entries()) if (elements.length > 0) await priced(cps[i] ?? '', elements)
    for (const half of [0, 1] as const)
      for (const cps of [alone, together]) {
        for (const [i, { history }] of all.entries()) {
          const facts = history(cps[i] ?? '')[half]
          if (facts.length > 0) await commit(...facts)
        }
        const rows = await waiting(cps)
        const written = cps === alone ? await Promise.all(rows.map((row) => write([row]))) : [await write(rows)]
        expect(written.flatMap(({ refused }) => refused)).toEqual([])
      }
    const [single, batch] = await Promise.all([alone, together].map((cps) => Promise.all(cps.map(cdrsOf))))
    expect(batch?.map(said)).toEqual(single?.map(said))
    const states = new Set(batch?.flat().map(({ state, priced: price }) => `${state} ${price !== undefined}`))
    expect([...states].toSorted()).toEqual(
      ['issued', 'held', 'credited'].flatMap((state) => [`${state} false`, `${state} true`]).toSorted(),
    )
  })

  it('one that cannot be written keeps none of the others waiting, and is alone when it is tried again', async () => {
    const cps = stations(20)
    const guilty = cps[13] ?? ''
    const others = cps.filter((cp) => cp !== guilty)
    await commit(...cps.flatMap(charge))
    const rows = await waiting(cps)
    const [poisoned] = await waiting([guilty])
    await database.admin.unsafe(`create function refuse() returns trigger language plpgsql as
      $$ begin if new.identity = '${guilty}' then raise exception 'poisoned'; end if; return new; end $$`)
    await database.admin`create trigger refuse before insert on cdrs for each row execute function refuse()`
    const { entries, refused } = await write(rows)
    expect(entries.map(({ cdr }) => cdr.chargePoint).toSorted()).toEqual(others.toSorted())
    expect(refused).toMatchObject([{ row: poisoned, error: { message: 'poisoned' } }])
    await hold(others)
    expect(await waiting(cps)).toEqual([poisoned])
    expect(await write(rows)).toMatchObject({ entries: [], refused: [{ row: poisoned }] })
    await database.admin`drop trigger refuse on cdrs`
    expect((await write(rows)).entries.map(({ cdr }) => cdr.chargePoint)).toEqual([guilty])
    await hold(cps)
  })

  it('INV-40 INV-41: several at the same batch, and at parts of it in any order, write each once', async () => {
    const cps = stations(40)
    await commit(...cps.flatMap(charge))
    const rows = await waiting(cps)
    const parts = [rows, rows.toReversed(), rows.slice(10, 30), rows.slice(20).toReversed(), rows.slice(0, 1), rows]
    const written = await Promise.all(parts.map(write))
    expect(written.flatMap(({ entries }) => entries).length).toBe(40)
    expect(written.flatMap(({ refused }) => refused)).toEqual([])
    await hold(cps)
  })

  it('INV-41 INV-44: one who is killed in the middle has written nothing, and the next one writes all', async () => {
    const cps = stations(20)
    await commit(...cps.flatMap(charge))
    const rows = await waiting(cps)
    await database.admin`create function slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(5); return null; end $$`
    await database.admin`create trigger slowly after insert on cdrs for each statement execute function slowly()`
    const rejected = expect(write(rows)).rejects.toThrow()
    for (let gone = 0; gone === 0;) {
      await new Promise((go) => setTimeout(go, 20))
      const killed =
        await database.admin`select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'`
      gone = killed.length
    }
    await rejected
    await database.admin`drop trigger slowly on cdrs`
    expect(await database.admin`select 1 from cdrs where identity = any(${[...cps]})`).toHaveLength(0)
    expect(await waiting(cps)).toEqual(rows)
    expect((await write(rows)).entries.length).toBe(20)
    await hold(cps)
  })

  it('INV-25 INV-40: 300 at once, by several, while later readings come: none is lost and none is doubled', async () => {
    const cps = stations(300)
    for (let i = 0; i < cps.length; i += 100) await commit(...cps.slice(i, i + 100).flatMap(charge))
    const claimed = (await postgresOutbox(database.ingest).claim(500, 0)).filter(({ kind }) => kind === 'cdr')
    const rows = claimed.map(({ id }) => id)
    expect(rows.length).toBe(300)
    const batches = Array.from({ length: 6 }, (_, i) => rows.slice(i * 50, i * 50 + 50))
    const late = cps.filter((_, i) => i % 3 === 0)
    await Promise.all([
      ...batches.map(write),
      ...late.map((cp) => commit(sampled(cp, '1000001', reading(55, 7 * kwh)))),
    ])
    await write(await waiting(cps))
    expect(await waiting(cps)).toEqual([])
    const books = await database.admin<{ identity: string; versions: number; issued: number; energy: number }[]>`
      select identity, count(*)::int as versions, count(*) filter (where id not in (select cdr from credits))::int as issued,
        max(energy_mwh) filter (where id not in (select cdr from credits))::int as energy
      from cdrs where identity = any(${[...cps]}) group by identity`
    expect(books.length).toBe(300)
    const lateOnes = new Set(late)
    for (const { identity, versions, issued, energy: mwh } of books) {
      expect([identity, issued, mwh]).toEqual([identity, 1, (lateOnes.has(identity) ? 6 : 5) * kwh])
      expect([identity, versions <= (lateOnes.has(identity) ? 2 : 1)]).toEqual([identity, true])
    }
  })

  it('D-14: rows of another tenant are not written, whoever names them', async () => {
    const [cp = ''] = stations(1)
    await commit(...charge(cp))
    const [id = 0] = await waiting([cp])
    const written = await writeCdrs({ app: database.app, clock, ids: systemIds }, { tenant: 'other', id })
    expect([written.entries, await waiting([cp])]).toEqual([[], [id]])
  })
})
