import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decide } from '../../../actors/settlement/decide.ts'
import { doPost } from '../../../adapters/postgres/post-job.ts'
import { sealDocuments } from '../../../adapters/postgres/seal-documents.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { retailPrice } from '../../../core/settlement/retail.ts'
import type { Store } from '../../../core/ports/store.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { creditOf, issue, type IssuedAccount } from '../../support/issued.ts'
import { resaleContract, roamingPrice, siteContract } from '../../support/settlement.ts'

const by = { key: 'k', label: 'somebody' }
const act = { by, at: Date.parse('2026-01-01T00:00:00Z') }
const inDecember = Date.parse('2026-12-05T12:00:00Z')
const costs = ['EUR', '10.00', '1.90', '11.90'] as const

describe('what was agreed, in the general ledger', () => {
  let database: TestDatabase
  let store: Store
  let tenants = 0
  beforeAll(async () => {
    database = await freshDatabase()
    store = postgresStore(database.app, database.ingest)
  })
  afterAll(() => database?.close())

  /** A tenant with a site owner, and a site with two charging stations and three EVSEs. */
  const newTenant = async (): Promise<string> => {
    const tenant = `t${tenants++}`
    await database.register(1, tenant)
    const { admin } = database
    await admin`insert into parties (tenant, id, role, name, created_at, changed_at) values (${tenant}, 's', 'siteOwner', 'The Mall', now(), now())`
    await admin`insert into sites (tenant, id, name, address, city, country, latitude, longitude, zone, published, created_at, changed_at)
      values (${tenant}, 'mall', 'Mall', 'a', 'b', 'DE', '52.52000', '13.40000', 'Europe/Berlin', true, '2026-01-01', now())`
    for (const id of ['m1', 'm2'])
      await admin`insert into charging_stations (tenant, id, site, created_at, changed_at) values (${tenant}, ${id}, 'mall', '2026-01-01', now())`
    for (const [uid, station] of [
      ['e1', 'm1'],
      ['e2', 'm1'],
      ['e3', 'm2'],
    ] as const)
      await admin`insert into evses (tenant, uid, station, state, created_at, changed_at) values (${tenant}, ${uid}, ${station}, 'active', '2026-01-01', now())`
    return tenant
  }
  const sell = async (tenant: string, sealedAt: string, ...accounts: readonly Partial<IssuedAccount>[]) => {
    const cdrs: string[] = []
    for (const account of accounts)
      cdrs.push(
        await issue(database.admin, { at: sealedAt, costs, site: 'mall', station: 'm1', ...account }, { tenant }),
      )
    await sealDocuments({ app: database.app, clock: new TestClock(Date.parse(sealedAt)) }, tenant)
    return cdrs
  }
  const post = async (tenant: string) => {
    const jobs = await database.admin<
      { id: number }[]
    >`select id::int from outbox where tenant = ${tenant} and kind = 'post'`
    for (const { id } of jobs) await doPost(database.app, { id, tenant })
  }
  const settle = async (tenant: string) => {
    const ref = { tenant, month: '2026-11' }
    await store.settlement.start(ref, by, inDecember)
    for (let steps = 0; steps < 50; steps++)
      await store.settlement.step(ref, inDecember, (run, event) => decide(run, event, inDecember))
    return store.settlement.find(ref)
  }
  const sumsOf = async (tenant: string, party: string, month = '2026-11') => {
    const statement = await store.settlement.statementOf({ tenant, month }, party)
    return statement?.currencies[0]?.sums.map(({ purpose, amount, contract }) => [purpose, contract, amount])
  }
  const proven = async (tenant: string): Promise<void> => {
    const trial = await store.settlement.trialOf({ tenant, month: '2026-11' })
    expect(trial?.sums.map(({ closing }) => Number(closing))).toEqual(trial?.sums.map(() => 0))
  }

  it('a session is split by what holds for its place on its day, and its owner has a statement of it', async () => {
    const tenant = await newTenant()
    await store.agreements.site.put(tenant, siteContract({ sharePercent: '30', perKwh: '0.05', vat: '19' }), act)
    await sell(tenant, '2026-11-10T12:00:00Z', {}, { site: 'elsewhere', station: 'x' })
    await settle(tenant)
    expect(await sumsOf(tenant, 'siteOwner:s')).toEqual([
      ['share', 'mall-2026', '-3.50'],
      ['tax', 'mall-2026', '-0.67'],
    ])
    expect(await store.settlement.statementOf({ tenant, month: '2026-11' }, 'siteOwner:s')).toMatchObject({
      name: 'The Mall',
    })
    await proven(tenant)
  })

  it('what the month itself costs is charged once, by stations, EVSEs and the floor', async () => {
    const tenant = await newTenant()
    const terms = { sharePercent: '10', perStation: '20', perPort: '5', floor: '100' }
    await store.agreements.site.put(tenant, siteContract(terms), act)
    await sell(tenant, '2026-11-10T12:00:00Z', {})
    const run = await settle(tenant)
    expect(run).toMatchObject({ state: 'closed', progress: { fees: 1, vouchers: 2, sealed: 2 } })
    expect(await sumsOf(tenant, 'siteOwner:s')).toEqual([
      ['fixedFee', 'mall-2026', '-55.00'],
      ['floor', 'mall-2026', '-44.00'],
      ['share', 'mall-2026', '-1.00'],
    ])
    await proven(tenant)
  })

  it('a station with a contract of its own is none of its site’s, and a contract of half a month counts half', async () => {
    const tenant = await newTenant()
    await store.agreements.site.put(tenant, siteContract({ perStation: '20' }), act)
    const own = { id: 'm1', subject: { kind: 'station', id: 'm1' }, from: '2026-11-16', perStation: '30' } as const
    await store.agreements.site.put(tenant, siteContract(own), act)
    await settle(tenant)
    expect(await sumsOf(tenant, 'siteOwner:s')).toEqual([
      ['fixedFee', 'm1', '-15.00'],
      ['fixedFee', 'mall-2026', '-20.00'],
    ])
  })

  it('a run that is killed while it charges has charged nothing twice', async () => {
    const tenant = await newTenant()
    const count = 430
    await database.admin`insert into agreements (tenant, kind, id, subject, parties, from_day, content, created_at, changed_at)
      select ${tenant}, 'site', 'c' || i, 'site/s' || i, '{s}', '2026-11-01', ${database.admin.json({ ...siteContract({ floor: '1' }) })} || jsonb_build_object('id', 'c' || i), now(), now()
      from generate_series(1, ${count}::int) i`
    const ref = { tenant, month: '2026-11' }
    await store.settlement.start(ref, by, inDecember)
    let kills = 0
    for (let steps = 0; steps < 30; steps++)
      await store.settlement
        .step(ref, inDecember, (run, event) => {
          if (event.type === 'charged' && kills < 4 && kills++ % 2 === 0) throw new Error('killed')
          return decide(run, event, inDecember)
        })
        .catch(() => {})
    expect(await store.settlement.find(ref)).toMatchObject({
      state: 'closed',
      progress: { fees: count, vouchers: count },
    })
    expect((await store.settlement.statementOf(ref, 'siteOwner:s'))?.currencies[0]?.closing).toBe(`-${count}.00`)
  })

  it('what stands for connected ports is owed in the books of the reseller, the minimum also where none was connected', async () => {
    const tenant = await newTenant()
    await database.admin`update tenants set kind = 'reseller' where tenant = ${tenant}`
    // whoever counts them has looked after the month
    await database.admin`update port_look set looked_at = '2026-12-01T00:30:00Z'`
    const content = resaleContract({ tiers: [{ from: 0, perPort: '5' }], minimum: '30', vat: '19' })
    await database.admin`insert into agreements (tenant, kind, id, subject, parties, from_day, content, created_at, changed_at)
      values (${tenant}, 'resale', ${content.id}, 'buyer/a', '{r,a}', '2026-01-01', ${database.admin.json(content as never)}, now(), now())`
    expect(await settle(tenant)).toMatchObject({ state: 'closed', progress: { fees: 1, vouchers: 1 } })
    expect(await sumsOf(tenant, 'cpo:a')).toEqual([
      ['platformFee', 'r-a', '30.00'],
      ['tax', 'r-a', '5.70'],
    ])
    expect(await sumsOf(tenant, 'operator')).toEqual([['platformFee', 'r-a', '-30.00']])
    await proven(tenant)
  })

  it('a credit takes back what was given, though something else is agreed by then', async () => {
    const tenant = await newTenant()
    await store.agreements.site.put(tenant, siteContract({ sharePercent: '30' }), act)
    const [cdr = ''] = await sell(tenant, '2026-11-10T12:00:00Z', {})
    await post(tenant)
    await store.agreements.site.put(tenant, siteContract({ sharePercent: '10' }), act)
    await creditOf(database.admin, cdr, tenant)
    await sealDocuments({ app: database.app, clock: new TestClock(Date.parse('2026-11-11T12:00:00Z')) }, tenant)
    await post(tenant)
    expect((await store.settlement.statementOf({ tenant, month: '2026-11' }, 'siteOwner:s'))?.currencies).toEqual([
      {
        currency: 'EUR',
        opening: '0.00',
        sums: [{ purpose: 'share', contract: 'mall-2026', postings: 2, amount: '0.00' }],
        total: '0.00',
        closing: '0.00',
      },
    ])
    await proven(tenant)
  })

  it('from when a month is closing on, what it was charged by can be changed no more', async () => {
    const tenant = await newTenant()
    await store.agreements.site.put(tenant, siteContract({ floor: '10' }), act)
    const ref = { tenant, month: '2026-11' }
    await store.settlement.start(ref, by, inDecember)
    for (let steps = 0; steps < 2; steps++)
      await store.settlement.step(ref, inDecember, (run, event) => decide(run, event, inDecember))
    expect(await store.settlement.find(ref)).toMatchObject({ state: 'fees' })
    const put = await store.agreements.site.put(tenant, siteContract({ floor: '20' }), act)
    expect(put).toMatchObject({ refused: expect.stringContaining('2026-11') })
  })

  describe('CDRs of partners', () => {
    const priced = async (
      tenant: string,
      id: string,
      { at = '2026-11-10T12:00:00Z', credit = null as string | null } = {},
    ) => {
      const retail = retailPrice(
        { net: '5.00', tax: '0.95', currency: 'EUR', energyMwh: 10_000_000 },
        roamingPrice({ markupPercent: '10', vat: '19' }),
      )
      const minus = JSON.parse(JSON.stringify(retail).replaceAll(/"(net|tax|gross)":"/g, '"$1":"-')) as typeof retail
      await database.admin`insert into retail_prices (tenant, country_code, party_id, id, partner, state, credit_of, emp, day, retail, came_at, priced_at)
        values (${tenant}, 'DE', 'ABC', ${id}, 'hub', 'priced', ${credit}, 'b', '2026-11-09', ${database.admin.json((credit === null ? retail : minus) as never)}, ${at}, ${at})`
    }

    it('owe their CPO what they say, are owed by the EMP with the mark-up, and are posted once', async () => {
      const tenant = await newTenant()
      await priced(tenant, 'CDR-1')
      await post(tenant)
      await post(tenant)
      expect(await sumsOf(tenant, 'cpo:DE*ABC')).toEqual([
        ['roaming', 'plus', '-5.00'],
        ['tax', 'plus', '-0.95'],
      ])
      expect(await sumsOf(tenant, 'emp:b')).toEqual([['charging', 'plus', '6.55']])
      expect(await sumsOf(tenant, 'operator')).toEqual([['markup', 'plus', '-0.50']])
      await proven(tenant)
    })

    it('are taken back whole by their credits', async () => {
      const tenant = await newTenant()
      await priced(tenant, 'CDR-1')
      await priced(tenant, 'CDR-1-C', { credit: 'cdr-1' })
      await settle(tenant)
      expect(
        (await store.settlement.trialOf({ tenant, month: '2026-11' }))?.accounts.map(({ closing }) => closing),
      ).toEqual(['0.00', '0.00', '0.00', '0.00'])
      const kinds =
        await database.admin`select source_kind as kind, source_key as key from ledger_vouchers where tenant = ${tenant} order by number`
      expect([...kinds]).toEqual([
        { kind: 'roamingCdr', key: 'hub/DE*ABC/cdr-1' },
        { kind: 'roamingCredit', key: 'hub/DE*ABC/cdr-1-c' },
      ])
    })

    it('that get their price after the month are of the next one', async () => {
      const tenant = await newTenant()
      await priced(tenant, 'CDR-1')
      await priced(tenant, 'CDR-2', { at: '2026-12-01T00:00:00Z' })
      expect(await settle(tenant)).toMatchObject({ state: 'closed', progress: { vouchers: 1 } })
      await post(tenant)
      expect(await sumsOf(tenant, 'operator', '2026-12')).toEqual([['markup', 'plus', '-0.50']])
    })
  })
})
