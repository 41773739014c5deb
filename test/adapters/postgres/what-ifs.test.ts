import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WhatIfRunner } from '../../../actors/what-ifs.ts'
import { writeCdrs } from '../../../adapters/postgres/cdr-writer.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Fact } from '../../../core/domain/fact.ts'
import type { TariffElement } from '../../../core/pricing/tariff.ts'
import type { Store } from '../../../core/ports/store.ts'
import type { WhatIf, WhatIfDraft } from '../../../core/ports/what-ifs.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { reading, sampled, started, stopped } from '../../support/facts.ts'
import { element, energy } from '../../support/pricing.ts'
import { silence } from '../../support/quiet.ts'

const kwh = 1_000_000
const by = { key: '', label: '' }
const accounts = 130

describe('what-ifs, on PostgreSQL', () => {
  let database: TestDatabase
  let store: Store
  const clock = new TestClock()
  const put = (id: string, ...elements: readonly TariffElement[]) =>
    store.tariffs.put(
      { tenant: 'default', id },
      { currency: 'EUR', taxIncluded: 'NO', elements, startsAt: 0 },
      { by, at: clock.now() },
    )
  const charge = (cp: string): readonly Fact[] => {
    const { meterMwh: _, ...stop } = stopped(cp, '1000001')
    return [
      started(cp),
      sampled(cp, '1000001', reading(30, 2 * kwh)),
      sampled(cp, '1000001', reading(50, 6 * kwh)),
      stop,
    ]
  }
  const books = () => database.admin`select * from cdrs order by id`

  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(accounts)
    store = postgresStore(database.app, database.ingest)
    await put('now', element({}, energy('0.50')))
    const everyone = { drivers: { kind: 'everyone' }, place: { kind: 'everywhere' } } as const
    await store.tariffs.assignments.put('default', { id: 'all', tariff: 'now', from: 0, ...everyone }, { by, at: 0 })
    await put('later', element({ startTime: '12:30' }, energy('1.00')), element({}, energy('0.10')))
    const ledger = postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest })
    const cps = Array.from({ length: accounts }, (_, i) => `CP-${i}`)
    await ledger.commit(cps.flatMap(charge))
    const jobs = await database.admin<{ id: number; key: string }[]>`select id::int, key from outbox where kind = 'cdr'`
    await Promise.all(
      jobs.map((job) => writeCdrs({ app: database.app, clock, ids: systemIds }, { tenant: 'default', ...job })),
    )
  })
  afterAll(() => database.close())

  const ask = (over: Partial<WhatIfDraft> = {}): Promise<WhatIf> =>
    store.whatIfs.create({
      id: systemIds.uuid(),
      tenant: 'default',
      tariff: 'later',
      version: 1,
      from: Date.UTC(2026, 10),
      to: Date.UTC(2026, 11),
      createdAt: clock.now(),
      ...over,
    })
  const found = async ({ id }: WhatIf): Promise<WhatIf | undefined> => store.whatIfs.find('default', id)
  const finish = async (whatIf: WhatIf): Promise<WhatIf | undefined> => {
    for (let now = await found(whatIf); now?.state === 'queued' || now?.state === 'running'; now = await found(whatIf))
      await store.whatIfs.step(whatIf, clock.now())
    return found(whatIf)
  }
  const sums = (of: WhatIf | undefined) => [of?.tally.before, of?.tally.after].map((all) => all?.[0]?.net)

  it('prices all of a time by another tariff, page by page, and changes no account', async () => {
    const before = await books()
    const whatIf = await ask()
    const first = await store.whatIfs.step(whatIf, clock.now())
    expect(first).toMatchObject({ state: 'running', of: accounts, tally: { done: 50 } })
    const done = await finish(whatIf)
    // 1 kWh before half past, 4 kWh after it
    expect(done).toMatchObject({ state: 'done', of: accounts, tally: { done: accounts, changed: accounts, failed: 0 } })
    expect(sums(done)).toEqual([(accounts * 2.5).toFixed(2), (accounts * 4.1).toFixed(2)])
    expect(done?.tally.biggest.length).toBe(20)
    expect(await books()).toEqual(before)
  })

  it('says the same as the accounts where it is their own tariff', async () => {
    const done = await finish(await ask({ tariff: 'now' }))
    expect(done?.tally).toMatchObject({ done: accounts, changed: 0, biggest: [] })
    expect(sums(done)[0]).toBe(sums(done)[1])
  })

  it('is for one charge point, or one time, where that is asked for', async () => {
    expect((await finish(await ask({ chargePoint: 'CP-3' })))?.tally.done).toBe(1)
    expect((await finish(await ask({ site: 'nowhere' })))?.tally.done).toBe(0)
    expect((await finish(await ask({ to: Date.UTC(2026, 10, 24, 12) })))?.tally.done).toBe(0)
    expect((await finish(await ask({ from: Date.UTC(2026, 10, 24, 12) })))?.tally.done).toBe(accounts)
  })

  it('goes on where it was, whoever is killed in the middle of a page, and counts nobody twice', async () => {
    const whatIf = await ask()
    await store.whatIfs.step(whatIf, clock.now())
    await database.admin`create function slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(5); return new; end $$`
    await database.admin`create trigger slowly before update on what_ifs for each row execute function slowly()`
    const rejected = expect(store.whatIfs.step(whatIf, clock.now())).rejects.toThrow()
    for (let gone = 0; gone === 0;) {
      await new Promise((go) => setTimeout(go, 20))
      gone = (await database.admin`select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'`)
        .length
    }
    await rejected
    await database.admin`drop trigger slowly on what_ifs`
    expect(await found(whatIf)).toMatchObject({ tally: { done: 50 } })
    // two runners at once: one has the page, the other goes away
    const both = await Promise.all([1, 2].map(() => store.whatIfs.step(whatIf, clock.now())))
    expect(both.filter((one) => one !== undefined).length).toBeGreaterThan(0)
    expect(sums(await finish(whatIf))).toEqual([(accounts * 2.5).toFixed(2), (accounts * 4.1).toFixed(2)])
  })

  it('is cancelled once, and goes no further', async () => {
    const whatIf = await ask()
    await store.whatIfs.step(whatIf, clock.now())
    expect(await store.whatIfs.cancel('default', whatIf.id, clock.now())).toBe(true)
    expect(await store.whatIfs.cancel('default', whatIf.id, clock.now())).toBe(false)
    expect(await store.whatIfs.step(whatIf, clock.now())).toBeUndefined()
    expect(await found(whatIf)).toMatchObject({ state: 'cancelled', tally: { done: 50 } })
  })

  it('is run by whoever runs them, in turns', async () => {
    const both = [await ask(), await ask({ tariff: 'now' })]
    const runner = new WhatIfRunner({ whatIfs: store.whatIfs, clock, timers: clock, log: silence })
    runner.start()
    for (let open = 2; open > 0;) {
      await clock.pass(1_000)
      await new Promise((go) => setTimeout(go, 5))
      open = (await Promise.all(both.map(found))).filter((one) => one?.state !== 'done').length
    }
    runner.stop()
  })

  it('D-14: another tenant does not see it', async () => {
    const whatIf = await ask()
    expect(await store.whatIfs.find('other', whatIf.id)).toBeUndefined()
    expect(await store.whatIfs.cancel('other', whatIf.id, 0)).toBe(false)
  })
})
