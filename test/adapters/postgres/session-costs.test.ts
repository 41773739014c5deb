import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { displayPrices } from '../../../adapters/display-prices.ts'
import { writeCdrs } from '../../../adapters/postgres/cdr-writer.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { sessionColumns, sessionOf, type SessionRow } from '../../../adapters/postgres/rows.ts'
import { postgresSessionCosts } from '../../../adapters/postgres/session-costs.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Fact } from '../../../core/domain/fact.ts'
import type { Session } from '../../../core/domain/session.ts'
import type { ChargingState } from '../../../core/domain/session-event.ts'
import type { Tariff } from '../../../core/pricing/tariff.ts'
import { TestClock } from '../../support/clock.ts'
import { anyTariff } from '../../support/any-tariff.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { numbered, reading, sampled, started, stopped } from '../../support/facts.ts'
import { element, energy, flat, parking, time } from '../../support/pricing.ts'

const kWh = 1_000_000
const noon = Date.UTC(2026, 10, 24, 12)
const minute = 60_000
const by = { key: '', label: '' }

describe('what a driver is told that a session costs, on PostgreSQL', () => {
  let database: TestDatabase
  let next = 0
  const clock = new TestClock()

  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(80)
  })
  afterAll(() => database.close())

  const station = (): string => `CP-${next++}`
  const commit = (...facts: readonly Fact[]) =>
    postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest }).commit(facts)
  const priced = async (cp: string, content: Pick<Tariff, 'elements'> & Partial<Tariff>) => {
    const { tariffs } = postgresStore(database.app, database.ingest)
    const act = { by, at: clock.now() }
    await tariffs.put(
      { tenant: 'default', id: cp },
      { currency: 'EUR', taxIncluded: 'NO', startsAt: 0, ...content },
      act,
    )
    const place = { kind: 'chargePoint', chargePoint: cp } as const
    const assigned = { id: cp, tariff: cp, drivers: { kind: 'everyone' }, place, from: 0 } as const
    await tariffs.assignments.put('default', assigned, act)
  }
  const session = async (identity: string): Promise<Session> => {
    const [row] = await database.ingest<
      SessionRow[]
    >`select ${database.ingest.unsafe(sessionColumns)} from sessions s where s.identity = ${identity}`
    if (row === undefined) throw new Error(`${identity} has no session`)
    return sessionOf(row)
  }
  const billed = async (identity: string): Promise<string | undefined> => {
    const jobs = await database.admin<{ id: number; key: string }[]>`select id::int, key from outbox where kind = 'cdr'`
    for (const job of jobs) await writeCdrs({ app: database.app, clock, ids: systemIds }, { tenant: 'default', ...job })
    const { cdrs } = postgresStore(database.app, database.ingest)
    return (await cdrs.list('default', { chargePoint: identity }, { limit: 1 })).items[0]?.priced?.total.gross
  }

  it('is its tariff’s word for all that it has used until then, and in the end what is billed', async () => {
    const cp = station()
    await priced(cp, { elements: [element({}, flat('0.50', '19'), energy('0.49', '19'), time('1.20'), parking('6'))] })
    const costs = postgresSessionCosts(database.app)
    const told = async (minutes: number): Promise<string | undefined> =>
      (await costs.costOf(await session(cp), noon + minutes * minute))?.total
    await commit(numbered(cp, 0, { phase: 'started', charging: 'charging', readings: [reading(0, 0)] }))
    expect(await told(0)).toBe('0.60')
    await commit(numbered(cp, 30, { charging: 'charging', readings: [reading(30, 10 * kWh)] }))
    expect(await told(30)).toBe('7.03')
    await commit(numbered(cp, 40, { charging: 'suspendedByVehicle', readings: [reading(40, 12 * kWh)] }))
    expect(await told(50)).toBe('9.39')
    const missing = Array.from({ length: 59 }, (_, i) => i + 1).filter((seq) => seq !== 30 && seq !== 40)
    await commit(
      ...missing.map((seq) => numbered(cp, seq)),
      numbered(cp, 60, { phase: 'ended', readings: [reading(60, 12 * kWh)] }),
    )
    expect(await told(99)).toBe('10.39')
    expect(await billed(cp)).toBe('10.39')
  })

  it('is by the statuses of its connector in 1.6, and by its own end', async () => {
    const cp = station()
    await priced(cp, { elements: [element({ maxDuration: 1800 }, energy('1')), element({}, energy('0.10'))] })
    const costs = postgresSessionCosts(database.app)
    await commit(started(cp), sampled(cp, '1000001', reading(30, 5 * kWh)))
    expect(await costs.costOf(await session(cp), noon + 45 * minute)).toEqual({ total: '4.00', currency: 'EUR' })
    await commit(stopped(cp, '1000001'))
    expect(await costs.costOf(await session(cp), noon + 99 * minute)).toEqual({ total: '4.10', currency: 'EUR' })
    expect(await billed(cp)).toBe('4.10')
  })

  it('is none where no tariff is for it, and then that of its charge point', async () => {
    const cp = station()
    await commit(started(cp))
    const costs = postgresSessionCosts(database.app)
    const shown = (displayPrice?: { readonly currency: string; readonly sessionFee: string }) =>
      displayPrices({ credentials: { find: async () => ({ displayPrice }) as never }, costs })
    const of = await session(cp)
    expect(await shown().costOf(of, noon)).toBeUndefined()
    expect(await shown({ currency: 'JPY', sessionFee: '90' }).costOf(of, noon)).toEqual({
      total: '90',
      currency: 'JPY',
    })
    const other = station()
    await priced(other, { elements: [element({}, flat('2'))] })
    await commit(started(other))
    const priceless = shown({ currency: 'JPY', sessionFee: '90' })
    expect(await priceless.costOf(await session(other), noon)).toEqual({ total: '2.00', currency: 'EUR' })
  })

  it('is not looked for where nobody has a tariff, until somebody has', async () => {
    const costs = postgresSessionCosts(database.app)
    expect(costs.mayHaveTariff('bare')).toBe(true)
    const bare = { ...(await session('CP-0')), tenant: 'bare' }
    expect(await costs.costOf(bare, noon)).toBeUndefined()
    expect(costs.mayHaveTariff('bare')).toBe(false)
    costs.forget()
    expect(costs.mayHaveTariff('bare')).toBe(true)
  })

  it('in the end is what is billed, to the last digit, whatever the tariff and the session', async () => {
    const states: readonly ChargingState[] = ['charging', 'suspendedByVehicle', 'suspendedByStation', 'idle']
    const events = fc.array(
      fc.record({
        minutes: fc.integer({ min: 1, max: 90 }),
        wh: fc.integer({ min: 0, max: 9_000 }),
        state: fc.constantFrom(...states),
      }),
      { minLength: 1, maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(anyTariff, events, async (tariff, course) => {
        const cp = station()
        await priced(cp, tariff)
        const costs = postgresSessionCosts(database.app)
        await commit(numbered(cp, 0, { phase: 'started', readings: [reading(0, 0)] }))
        let [minutes, mwh, seq] = [0, 0, 0]
        for (const { minutes: lasted, wh, state } of course) {
          minutes += lasted
          mwh += wh * 1_000
          seq++
          const at = noon + minutes * minute
          await commit(numbered(cp, seq, { at, charging: state, readings: [reading(minutes, mwh)] }))
        }
        const at = noon + minutes * minute + 7_000
        await commit(numbered(cp, seq + 1, { at, phase: 'ended', readings: [reading(minutes, mwh)] }))
        const told = await costs.costOf(await session(cp), at)
        expect(told).toBeDefined()
        expect(await billed(cp)).toBe(told?.total)
      }),
      { numRuns: 25, endOnFailure: true },
    )
  })
})
