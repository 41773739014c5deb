import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decide } from '../../../actors/settlement/decide.ts'
import { doPost } from '../../../adapters/postgres/post-job.ts'
import { sealDocuments } from '../../../adapters/postgres/seal-documents.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import type { ResaleContract } from '../../../core/settlement/terms.ts'
import type { Store } from '../../../core/ports/store.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { creditOf, issue } from '../../support/issued.ts'
import { resaleContract } from '../../support/settlement.ts'

const by = { key: 'k', label: 'somebody' }
const later = Date.parse('2027-01-10T12:00:00Z')
const costs = ['EUR', '10.00', '1.90', '11.90'] as const

/** Of resellers and a CPO below each, each with books of its own; 10 per cent, and 2.00 a port. */
describe('resale in the books of both sides', () => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await freshDatabase()
    store = postgresStore(database.app, database.ingest)
    await database.admin`update installation set zone = 'UTC'`
    await database.admin`insert into tenants (tenant, name, kind) values ('r', 'R', 'reseller'), ('q', 'Q', 'reseller')`
    await counted('2027-01-10T00:00:00Z')
  })
  afterAll(() => database?.close())

  const counted = (at: string) => database.admin`update port_look set looked_at = ${at}::timestamptz`
  const agreed = (tenant: string, contract: ResaleContract) =>
    database.admin`insert into agreements (tenant, kind, id, subject, parties, content, from_day, until_day, created_at, changed_at)
      values (${tenant}, 'resale', ${contract.id}, ${`buyer/${contract.buyer}`}, ${[contract.buyer]}::text[], ${database.admin.json(contract as never)}, ${contract.from}::text::date, ${contract.until ?? 'infinity'}::text::date, now(), now())`
  /** A CPO that is below a reseller until a day, with one port in November. */
  const newCpo = async (cpo: string, reseller: string, until = 'infinity'): Promise<void> => {
    await database.register(1, cpo)
    await database.admin`insert into tenant_parents (tenant, reseller, from_day, until_day, changed_at) values (${cpo}, ${reseller}, '2026-01-01', ${until}::text::date, now())`
    await database.admin`insert into connected_ports (tenant, month, identity, evse, days) values (${cpo}, '2026-11-01', 'CP-0', 1, 7)`
    const contract = resaleContract({
      id: `${reseller}-${cpo}`,
      seller: reseller,
      buyer: cpo,
      sharePercent: '10',
      tiers: [{ from: 0, perPort: '2.00' }],
      ...(until !== 'infinity' && { until }),
    })
    for (const tenant of [cpo, reseller]) await agreed(tenant, contract)
  }
  const sealAt = async (tenant: string, at: string): Promise<void> => {
    await sealDocuments({ app: database.app, clock: new TestClock(Date.parse(at)) }, tenant)
    const jobs = await database.admin<
      { id: number }[]
    >`select id::int from outbox where tenant = ${tenant} and kind = 'post'`
    for (const { id } of jobs) await doPost(database.app, { id, tenant })
  }
  const sell = async (tenant: string, at: string): Promise<string> => {
    const cdr = await issue(database.admin, { at, costs }, { tenant })
    await sealAt(tenant, at)
    return cdr
  }
  const settle = async (tenant: string, month: string): Promise<void> => {
    const begun = await store.settlement.start({ tenant, month }, by, later)
    if ('not' in begun) throw new Error(begun.not)
    for (let state = begun.state; state !== 'closed';) {
      const run = await store.settlement.step({ tenant, month }, later, (of, event) => decide(of, event, later))
      if (run === undefined) throw new Error('somebody else has it in hand')
      state = run.state
    }
  }
  const owed = async (tenant: string, party: string, month: string): Promise<string | undefined> =>
    (await store.settlement.statementOf({ tenant, month }, party))?.currencies[0]?.total

  it('a share waits for the month that it is of, and is then what the CPO owes, to the cent; ports as well', async () => {
    await newCpo('a', 'r')
    await sell('a', '2026-11-10T12:00:00Z')
    await expect(settle('r', '2026-11')).rejects.toThrow('2026-11 of a must be closed first')
    await settle('a', '2026-11')
    await settle('r', '2026-11')
    expect([await owed('a', 'reseller:r', '2026-11'), await owed('r', 'cpo:a', '2026-11')]).toEqual(['-3.00', '3.00'])
  })

  it('what a CPO takes back after it has gone elsewhere is taken back here too, once', async () => {
    await newCpo('gone', 'q', '2026-12-01')
    const cdr = await sell('gone', '2026-11-10T12:00:00Z')
    await settle('gone', '2026-11')
    await settle('q', '2026-11')
    await creditOf(database.admin, cdr, 'gone')
    await sealAt('gone', '2026-12-05T12:00:00Z')
    await settle('gone', '2026-12')
    await settle('q', '2026-12')
    const both = await Promise.all(
      ['2026-11', '2026-12'].map(async (month) => [
        await owed('gone', 'reseller:q', month),
        await owed('q', 'cpo:gone', month),
      ]),
    )
    expect(both).toEqual([
      ['-3.00', '3.00'],
      ['1.00', '-1.00'],
    ])
  })

  it('a month is not charged before its ports are counted to its end', async () => {
    await counted('2026-12-31T23:59:59Z')
    await database.register(1, 'early')
    await agreed('early', resaleContract({ id: 'e', buyer: 'early', tiers: [{ from: 0, perPort: '2.00' }] }))
    await expect(settle('early', '2026-12')).rejects.toThrow('the ports of 2026-12 have not been counted')
    await counted('2027-01-01T00:00:00Z')
    await settle('early', '2026-12')
  })

  it('a reseller is told of no books but of those that were below it', async () => {
    const told = await database.app.begin(async (tx) => {
      await tx`select set_config('sm.tenant', 'q', true)`
      return [
        ...(await tx`select * from resale_of('a', '2026-12')`),
        ...(await tx`select * from open_below('2026-12')`),
      ]
    })
    expect(told).toEqual([])
  })
})
