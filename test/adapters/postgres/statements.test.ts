import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealDocuments } from '../../../adapters/postgres/seal-documents.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { DocumentContent } from '../../../core/domain/document.ts'
import type { Statement, StatementLine } from '../../../core/domain/statement.ts'
import type { Store } from '../../../core/ports/store.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

interface Account {
  readonly at: string
  readonly contract?: string
  readonly site?: string
  readonly station?: string
  readonly kwh?: number
  /** Currency, net, tax, gross. */
  readonly costs?: readonly [string, string, string, string]
}

const evco = 'DE-8AA-001234567-0'

describe('statements on PostgreSQL', () => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(1)
    await database.register(1, 'other')
    store = postgresStore(database.app, database.ingest)
    await database.admin`update installation set zone = 'Europe/Berlin'`
    await database.admin`insert into parties (tenant, id, role, name, country_code, party_id, created_at, changed_at) values
      ('default', 'acme', 'emp', 'ACME Charge', 'NL', 'TNM', now(), now()), ('default', 'inn', 'siteOwner', 'The Inn', null, null, now(), now()),
      ('default', 'bank', 'siteOwner', 'A Bank', null, null, now(), now())`
    await database.admin`insert into sites (tenant, id, name, address, city, country, latitude, longitude, zone, published, created_at, changed_at)
      values ('default', 'yard', 'Yard', 'Street 1', 'Berlin', 'DE', '52.50000', '13.40000', 'Europe/Berlin', true, now(), now())`
    await database.admin`insert into market_roles (tenant, kind, subject, role, party, from_day, until_day, changed_at) values
      ('default', 'site', 'yard', 'owner', 'inn', '-infinity', '2026-11-15', now()), ('default', 'site', 'yard', 'owner', 'bank', '2026-11-15', 'infinity', now()),
      ('default', 'station', 'hpc', 'owner', 'bank', '-infinity', 'infinity', now())`
  })
  afterAll(() => database.close())

  /** Issues an account as the books do, and answers its CDR. */
  const issue = async (account: Account, tenant = 'default'): Promise<string> => {
    const { at, contract = null, site = null, station = null, kwh = 10, costs } = account
    const [id, session] = [systemIds.uuid(), systemIds.uuid()]
    const [currency, net, tax, gross] = costs ?? []
    const priced = costs && { tariff: { id: 't', version: 1, currency }, total: { net, tax, gross } }
    await database.admin`insert into sessions (id, tenant, identity, day, start_key, evse, connector, state, version)
      values (${session}, ${tenant}, 'CP-0', '2026-11-01', ${systemIds.uuid()}, 1, 1, 'closed', 1)`
    await database.admin`insert into cdrs (id, tenant, version, session, identity, evse, connector, contract, site, station, started_at, ended_at, energy_mwh, duration_ms, stop_reason, state, priced)
      values (${id}, ${tenant}, 0, ${session}, 'CP-0', 1, 1, ${contract}, ${site}, ${station}, ${at}::timestamptz, ${at}::timestamptz, ${kwh * 1_000_000}, 0, 'Local', 'issued', ${priced ? database.admin.json(priced as never) : null})`
    return id
  }
  const credit = (cdr: string) =>
    database.admin`insert into credits (id, tenant, cdr, reason, created_at) values (${systemIds.uuid()}, 'default', ${cdr}, 'too much', now())`
  const seal = async (at: string, tenant = 'default') => {
    await sealDocuments({ app: database.app, clock: new TestClock(Date.parse(at)) }, tenant)
  }
  const of = async (month: string, role: Statement['role'], party: string | undefined, tenant = 'default') =>
    (await store.statements.list(tenant, month)).find((one) => one.role === role && one.party === party)
  const linesOf = async (statement: Statement | undefined): Promise<readonly StatementLine[]> => {
    const lines: StatementLine[] = []
    for (let cursor: string | null | undefined; statement !== undefined && cursor !== null;) {
      const page = await store.statements.lines('default', statement, {
        limit: 2,
        ...(cursor !== undefined && { cursor }),
      })
      lines.push(...page.items)
      cursor = page.next
    }
    return lines
  }
  /** The sum of what the sealed bytes say, in whole millionths. */
  const sealedSum = async (numbers: readonly number[]): Promise<bigint> => {
    let sum = 0n
    for (const number of numbers) {
      const document = await store.documents.find('default', number)
      const content = JSON.parse(new TextDecoder().decode(document?.bytes)) as DocumentContent
      const millionths = units(content.account.priced?.total.gross ?? '0')
      sum += content.kind === 'credit' ? -millionths : millionths
    }
    return sum
  }
  const units = (amount: string): bigint => {
    const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
    return BigInt(whole + fraction.padEnd(6, '0')) * (amount.startsWith('-') ? -1n : 1n)
  }

  it('are of the month in which a document was sealed, by the calendar of the installation, to the millisecond', async () => {
    await issue({ at: '2026-09-30T21:00:00Z', contract: 'edge' })
    await seal('2026-09-30T21:59:59.999Z')
    await issue({ at: '2026-09-30T21:00:00Z', contract: 'edge' })
    await seal('2026-09-30T22:00:00Z')
    // the month ends an hour later by UTC: the clock was put back meanwhile
    await issue({ at: '2026-09-30T21:00:00Z', contract: 'edge' })
    await seal('2026-10-31T22:59:59.999Z')
    await issue({ at: '2026-09-30T21:00:00Z', contract: 'edge' })
    await seal('2026-10-31T23:00:00Z')
    const counts = ['2026-09', '2026-10', '2026-11'].map(
      async (month) => (await of(month, 'emp', undefined))?.totals[0]?.documents,
    )
    expect(await Promise.all(counts)).toEqual([1, 2, 1])
  })

  it('add up to the last digit to what the sealed bytes say, credits taken off, currencies each for itself', async () => {
    const seven = ['0.10', '0.02', '0.12'] as const
    const first = await issue({ at: '2026-11-02T10:00:00Z', contract: evco, costs: ['EUR', ...seven] })
    for (let i = 0; i < 6; i++) await issue({ at: '2026-11-03T10:00:00Z', contract: evco, costs: ['EUR', ...seven] })
    await issue({ at: '2026-11-03T10:00:00Z', contract: evco, costs: ['KWD', '1.005', '0.000', '1.005'] })
    await issue({ at: '2026-11-03T10:00:00Z', contract: evco })
    await credit(first)
    await seal('2026-11-20T10:00:00Z')
    const statement = await of('2026-11', 'emp', 'DE*8AA')
    expect(statement?.totals).toEqual([
      { currency: 'EUR', documents: 8, credits: 1, energyMwh: 60_000_000, net: '0.60', tax: '0.12', gross: '0.72' },
      { currency: 'KWD', documents: 1, credits: 0, energyMwh: 10_000_000, net: '1.005', tax: '0.000', gross: '1.005' },
      { documents: 1, credits: 0, energyMwh: 10_000_000 },
    ])
    const lines = await linesOf(statement)
    expect(lines.length).toBe(10)
    expect(lines.find(({ kind }) => kind === 'credit')).toMatchObject({
      energyMwh: -10_000_000,
      net: '-0.10',
      gross: '-0.12',
    })
    const euros = lines.filter(({ currency }) => currency === 'EUR').map(({ number }) => number)
    expect(await sealedSum(euros)).toBe(units('0.72'))
  })

  it('a credit that is sealed later belongs to that month, and leaves the month before as it was', async () => {
    const cdr = await issue({
      at: '2026-11-28T10:00:00Z',
      contract: 'NL-TNM-012345678-W',
      costs: ['EUR', '5.00', '1.00', '6.00'],
    })
    await seal('2026-11-29T10:00:00Z')
    const before = await of('2026-11', 'emp', 'acme')
    await credit(cdr)
    await seal('2026-12-03T10:00:00Z')
    expect(await of('2026-11', 'emp', 'acme')).toEqual(before)
    expect(before).toMatchObject({ name: 'ACME Charge', totals: [{ gross: '6.00', energyMwh: 10_000_000 }] })
    expect((await of('2026-12', 'emp', 'acme'))?.totals).toEqual([
      { currency: 'EUR', documents: 1, credits: 1, energyMwh: -10_000_000, net: '-5.00', tax: '-1.00', gross: '-6.00' },
    ])
  })

  it('are for the EMP of the contract, by its id or its EVCO ID, before that of the code in it', async () => {
    const act = { by: { key: 'k', label: 'l' }, at: 0 }
    await store.contracts.put(
      'default',
      { id: 'fleet', emp: 'acme', evcoId: 'IT-A1B-2C3E4F5G6-4', state: 'active' },
      act,
    )
    await issue({ at: '2027-01-02T10:00:00Z', contract: 'IT-A1B-2C3E4F5G6-4' })
    await issue({ at: '2027-01-02T10:00:00Z', contract: 'fleet' })
    await issue({ at: '2027-01-02T10:00:00Z', contract: 'FRXYZ1234567892' })
    await issue({ at: '2027-01-02T10:00:00Z' })
    await seal('2027-01-05T10:00:00Z')
    const statements = (await store.statements.list('default', '2027-01')).filter(({ role }) => role === 'emp')
    expect(statements.map(({ party, totals }) => [party, totals[0]?.documents])).toEqual([
      ['FR*XYZ', 1],
      ['acme', 2],
      [undefined, 1],
    ])
  })

  it('are for whoever owned the place on that day: of the site, or of the charging station itself', async () => {
    // the day begins at eleven in the evening, by UTC
    await issue({ at: '2026-11-14T22:59:59Z', site: 'yard' })
    await issue({ at: '2026-11-14T23:00:00Z', site: 'yard' })
    await issue({ at: '2026-11-10T10:00:00Z', site: 'yard', station: 'hpc' })
    await seal('2027-02-05T10:00:00Z')
    const statements = (await store.statements.list('default', '2027-02')).filter(({ role }) => role === 'site-owner')
    expect(statements.map(({ party, name, totals }) => [party, name, totals[0]?.documents])).toEqual([
      ['bank', 'A Bank', 2],
      ['inn', 'The Inn', 1],
    ])
  })

  it('while the month lasts, show no more lines than their totals count', async () => {
    await issue({ at: '2027-03-02T10:00:00Z', contract: 'more' })
    await seal('2027-03-02T11:00:00Z')
    const statement = await of('2027-03', 'emp', undefined)
    await issue({ at: '2027-03-02T10:00:00Z', contract: 'more' })
    await seal('2027-03-02T12:00:00Z')
    expect((await linesOf(statement)).length).toBe(1)
    expect((await of('2027-03', 'emp', undefined))?.totals[0]?.documents).toBe(2)
  })

  it('BI-51: are each of one tenant', async () => {
    await issue({ at: '2027-04-02T10:00:00Z', contract: evco }, 'other')
    await seal('2027-04-02T11:00:00Z', 'other')
    expect(await store.statements.list('default', '2027-04')).toEqual([])
    expect((await store.statements.list('other', '2027-04')).length).toBe(2)
  })
})
