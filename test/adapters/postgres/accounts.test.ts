import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeCdrs } from '../../../adapters/postgres/cdr-writer.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Cdr, Release } from '../../../core/domain/cdr.ts'
import type { Fact } from '../../../core/domain/fact.ts'
import { sumFault } from '../../../core/pricing/sum-check.ts'
import type { TariffElement } from '../../../core/pricing/tariff.ts'
import type { Store } from '../../../core/ports/store.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { numbered, reading, sampled, started, stopped } from '../../support/facts.ts'
import { element, energy, flat, parking, time } from '../../support/pricing.ts'

const kwh = 1_000_000
const noon = Date.UTC(2026, 10, 24, 12)
const minute = 60_000
const by = { key: '', label: '' }

describe('accounts and their prices, on PostgreSQL', () => {
  let database: TestDatabase
  let store: Store
  let next = 0
  const clock = new TestClock()
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(30)
    store = postgresStore(database.app, database.ingest)
  })
  afterAll(() => database.close())

  const station = (): string => `CP-${next++}`
  const commit = (...facts: readonly Fact[]) =>
    postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest }).commit(facts)
  const put = (id: string, elements: readonly TariffElement[], startsAt = 0) =>
    store.tariffs.put(
      { tenant: 'default', id },
      { currency: 'EUR', taxIncluded: 'NO', elements, startsAt },
      { by, at: clock.now() },
    )
  /** A tariff of a station's own, in force for ever. */
  const priced = async (cp: string, ...elements: readonly TariffElement[]): Promise<void> => {
    await put(cp, elements)
    const assigned = { id: cp, tariff: cp, drivers: { kind: 'everyone' }, from: 0 } as const
    await store.tariffs.assignments.put(
      'default',
      { ...assigned, place: { kind: 'chargePoint', chargePoint: cp } },
      { by, at: clock.now() },
    )
  }
  const work = async (): Promise<void> => {
    const jobs = await database.admin<{ id: number; key: string }[]>`select id::int, key from outbox where kind = 'cdr'`
    for (const job of jobs) await writeCdrs({ app: database.app, clock, ids: systemIds }, { tenant: 'default', ...job })
  }
  /** Does every job that waits, and gives the CDRs of a charge point, oldest first. */
  const books = async (cp: string): Promise<readonly Cdr[]> => {
    await work()
    return (await store.cdrs.list('default', { chargePoint: cp }, { limit: 10 })).items.toReversed()
  }
  /** Its stop has no register: what the last reading says counts. */
  const charge = (cp: string, ...more: readonly Fact[]): readonly Fact[] => {
    const { meterMwh: _, ...stop } = stopped(cp, '1000001')
    return [started(cp), sampled(cp, '1000001', reading(50, 6 * kwh)), ...more, stop]
  }
  const release = (id: string, how: Release) =>
    store.cdrs.release('default', id, { ...how, by, note: 'x', at: clock.now() })
  const totals = (cdrs: readonly Cdr[]): readonly unknown[] =>
    cdrs.map(({ version, state, priced: of }) => [version, state, of?.total.net])

  it('INV-46: has the price of the tariff that was in force when it began, whatever became of that since', async () => {
    const cp = station()
    await priced(cp, element({}, flat('1', '19'), energy('0.50', '19')))
    await commit(...charge(cp))
    const [cdr] = await books(cp)
    expect(cdr).toMatchObject({ state: 'issued', notes: ['estimated'], priced: { zone: 'UTC' } })
    expect(cdr?.priced).toMatchObject({
      tariff: { id: cp, version: 1 },
      total: { net: '3.50', tax: '0.67', gross: '4.17' },
    })
    expect(cdr?.priced && sumFault(cdr.priced, cdr)).toBeUndefined()
    const [row] =
      await database.admin`select currency, total::text, tariff, tariff_version from cdrs where id = ${cdr?.id ?? ''}`
    expect(row).toEqual({ currency: 'EUR', total: '4.17', tariff: cp, tariff_version: 1 })
    await put(cp, [element({}, energy('9', '19'))])
    await store.tariffs.remove('default', cp, { by, at: clock.now() })
    await commit(sampled(cp, '1000001', reading(55, 7 * kwh)))
    const after = await books(cp)
    expect(totals(after)).toEqual([
      [0, 'credited', '3.50'],
      [1, 'issued', '4.00'],
    ])
    expect(after[1]?.priced?.tariff).toEqual(cdr?.priced?.tariff)
  })

  it('has none where no tariff is for it, and one that comes later changes nothing', async () => {
    const cp = station()
    await commit(...charge(cp))
    const before = await books(cp)
    expect(before).toMatchObject([{ state: 'issued', notes: ['estimated', 'no tariff'] }])
    expect(before[0]).not.toHaveProperty('priced')
    await priced(cp, element({}, energy('0.50')))
    await commit(sampled(cp, '1000001', reading(10, 2 * kwh)))
    expect(await books(cp)).toEqual(before)
  })

  it('INV-25: a late reading that moves energy to where it costs more is a reason for a credit', async () => {
    const cp = station()
    await priced(cp, element({ startTime: '12:30' }, energy('1')), element({}, energy('0.10')))
    await commit(...charge(cp))
    const [cdr] = await books(cp)
    expect(totals([cdr].flatMap((one) => one ?? []))).toEqual([[0, 'issued', '2.30']])
    await commit(sampled(cp, '1000001', reading(30, 5 * kwh)))
    const after = await books(cp)
    expect(totals(after)).toEqual([
      [0, 'credited', '2.30'],
      [1, 'issued', '1.40'],
    ])
    expect(after[0]?.energyMwh).toBe(after[1]?.energyMwh)
    // the same again is no reason
    await commit(sampled(cp, '1000001', reading(30, 5 * kwh)))
    expect(await books(cp)).toEqual(after)
  })

  it('is held with the others where its session is odd, and priced anew by what a person releases', async () => {
    const cp = station()
    await priced(cp, element({}, energy('0.50')))
    await commit(started(cp, { meterMwh: 0 }), sampled(cp, '1000001', reading(10, 901 * kwh)))
    await commit(stopped(cp, '1000001', { meterMwh: 906 * kwh }))
    const [cdr] = await books(cp)
    expect(cdr).toMatchObject({ state: 'held', priced: { total: { net: '453.00' } } })
    await release(cdr?.id ?? '', { as: 'corrected', energyMwh: 5 * kwh })
    expect(await books(cp)).toMatchObject([
      { state: 'issued', priced: { total: { net: '2.50' } }, measured: { priced: { total: { net: '453.00' } } } },
    ])
    // its job done once more finds the session as it was
    const issued = await books(cp)
    await commit(sampled(cp, '1000001', reading(10, 901 * kwh)))
    expect(await books(cp)).toEqual(issued)
    const { items } = await store.audit.list('default', { subject: cdr?.id ?? '' }, { limit: 1 })
    expect(items[0]).toMatchObject({
      before: { cost: { net: '453.00' } },
      after: { cost: { net: '2.50', currency: 'EUR' } },
    })
  })

  it('bills as parking what the vehicle spent without asking for power (2.x)', async () => {
    const cp = station()
    await priced(cp, element({}, time('6')), element({}, parking('12')))
    const readings = (at: number, mwh: number) => ({ readings: [reading(at, mwh)] })
    await commit(
      numbered(cp, 0, { phase: 'started', ...readings(0, kwh), charging: 'charging' }),
      numbered(cp, 1, { at: noon + 30 * minute, ...readings(30, 6 * kwh), charging: 'suspendedByVehicle' }),
      numbered(cp, 2, { phase: 'ended', at: noon + 60 * minute, ...readings(60, 6 * kwh) }),
    )
    const [cdr] = await books(cp)
    expect(cdr?.priced?.periods.map(({ kind, until }) => [kind, (until - noon) / minute])).toEqual([
      ['charging', 30],
      ['parking', 60],
    ])
    expect(cdr?.priced?.total.net).toBe('9.00')
  })

  it('bills the time that a connector was kept for it, where the tariff has a price for that', async () => {
    const reserve = (cp: string, id: number) =>
      database.admin`insert into reservations (tenant, id, identity, evse, token, expires_at, state, command, created_at)
        values ('default', ${id}, ${cp}, 1, 'CARD1', to_timestamp(${noon / 1_000 + 600}), 'active', gen_random_uuid(), to_timestamp(${noon / 1_000 - 1_800}))`
    const [paid, unpaid] = [station(), station()]
    await priced(paid, element({ reservation: 'RESERVATION' }, time('4')), element({}, energy('0.50')))
    await priced(unpaid, element({}, energy('0.50')))
    await reserve(paid, 1)
    await reserve(unpaid, 2)
    for (const cp of [paid, unpaid]) await commit(...charge(cp))
    const [[first], [second]] = [await books(paid), await books(unpaid)]
    expect(first).toMatchObject({ startedAt: noon, priced: { total: { net: '4.50' } } })
    expect(first?.priced?.periods[0]).toMatchObject({ kind: 'reserved', from: noon - 30 * minute, until: noon })
    expect(second?.priced?.total.net).toBe('2.50')
    expect(second?.priced?.periods[0]?.kind).toBe('charging')
  })

  it('what was issued keeps its price and its place, whoever asks', async () => {
    const cp = station()
    await priced(cp, element({}, energy('0.50')))
    await commit(...charge(cp))
    const [cdr] = await books(cp)
    const { admin } = database
    await expect(admin`update cdrs set priced = null where id = ${cdr?.id ?? ''}`).rejects.toThrow('never changed')
    await expect(admin`update cdrs set evse_id = 'X' where id = ${cdr?.id ?? ''}`).rejects.toThrow('never changed')
  })
})
