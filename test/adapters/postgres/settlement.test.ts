import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decide } from '../../../actors/settlement/decide.ts'
import { doPost } from '../../../adapters/postgres/post-job.ts'
import { sealDocuments } from '../../../adapters/postgres/seal-documents.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { partsOf } from '../../../core/domain/amount.ts'
import type { RunChange, RunEvent, SettlementRun } from '../../../core/settlement/run.ts'
import type { PartyStatement, StatementPosting } from '../../../core/settlement/statement.ts'
import type { Store } from '../../../core/ports/store.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { creditOf, issue, type IssuedAccount } from '../../support/issued.ts'

const by = { key: 'k', label: 'somebody' }
const inDecember = Date.parse('2026-12-05T12:00:00Z')
const costs = ['EUR', '10.00', '1.90', '11.90'] as const

describe('settlement on PostgreSQL', () => {
  let database: TestDatabase
  let store: Store
  let tenants = 0
  beforeAll(async () => {
    database = await freshDatabase()
    store = postgresStore(database.app, database.ingest)
    await database.admin`update installation set zone = 'Europe/Berlin'`
  })
  afterAll(() => database?.close())

  const newTenant = async (): Promise<string> => {
    const tenant = `t${tenants++}`
    await database.register(1, tenant)
    return tenant
  }
  const seal = async (tenant: string, at: string) => {
    await sealDocuments({ app: database.app, clock: new TestClock(Date.parse(at)) }, tenant)
  }
  /** Accounts, each sealed at once. */
  const sell = async (tenant: string, sealedAt: string, ...accounts: readonly Partial<IssuedAccount>[]) => {
    const cdrs: string[] = []
    for (const account of accounts)
      cdrs.push(await issue(database.admin, { at: sealedAt, costs, ...account }, { tenant }))
    await seal(tenant, sealedAt)
    return cdrs
  }
  const jobsOf = (tenant: string) =>
    database.admin<{ id: number }[]>`select id::int from outbox where tenant = ${tenant} and kind = 'post'`
  const post = async (tenant: string) => {
    for (const { id } of await jobsOf(tenant)) await doPost(database.app, { id, tenant })
  }
  const step = (tenant: string, month: string, by: (run: SettlementRun, event: RunEvent) => RunChange | undefined) =>
    store.settlement.step({ tenant, month }, inDecember, by)
  const decided = (run: SettlementRun, event: RunEvent) => decide(run, event, inDecember)
  const settle = async (tenant: string, month = '2026-11'): Promise<SettlementRun> => {
    const begun = await store.settlement.start({ tenant, month }, by, inDecember)
    if ('not' in begun) throw new Error(begun.not)
    for (let steps = 0; steps < 200; steps++) {
      const run = await step(tenant, month, decided)
      if (run?.state === 'closed') break
    }
    const run = await store.settlement.find({ tenant, month })
    if (run?.state !== 'closed') throw new Error('it does not come to its end')
    return run
  }
  const statement = async (tenant: string, party: string, month = '2026-11') =>
    store.settlement.statementOf({ tenant, month }, party)
  const postingsOf = async (tenant: string, of: PartyStatement): Promise<readonly StatementPosting[]> => {
    const all: StatementPosting[] = []
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await store.settlement.postings({ tenant, month: of.month }, of, {
        limit: 3,
        ...(cursor !== undefined && { cursor }),
      })
      all.push(...page.items)
      cursor = page.next
    }
    return all
  }

  it('posts each sealed document once, however often and by however many the job is done', async () => {
    const tenant = await newTenant()
    await sell(
      tenant,
      '2026-11-10T12:00:00Z',
      ...Array.from({ length: 12 }, () => ({ contract: 'DE-8AA-C00000001-0' })),
    )
    const [job] = await jobsOf(tenant)
    const { id } = job ?? { id: 0 }
    await Promise.all([1, 2, 3].map(() => doPost(database.app, { id, tenant })))
    await doPost(database.app, { id, tenant })
    expect(await jobsOf(tenant)).toEqual([])
    const emp = await statement(tenant, 'emp:DE*8AA')
    expect(emp?.currencies).toEqual([
      {
        currency: 'EUR',
        opening: '0.00',
        sums: [{ purpose: 'charging', postings: 12, amount: '142.80' }],
        total: '142.80',
        closing: '142.80',
      },
    ])
    expect((await statement(tenant, 'tax'))?.currencies[0]?.closing).toBe('-22.80')
    expect((await statement(tenant, 'operator'))?.currencies[0]?.closing).toBe('-120.00')
  })

  it('a document that is sealed while a job is at its end is posted by another one', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-11-10T12:00:00Z', {})
    const [job] = await jobsOf(tenant)
    await Promise.all([
      doPost(database.app, { id: job?.id ?? 0, tenant }),
      sell(tenant, '2026-11-10T12:00:01Z', {}),
      sell(tenant, '2026-11-10T12:00:02Z', {}),
    ])
    await post(tenant)
    const [sums] = await database.admin<{ vouchers: number; documents: number }[]>`select
      (select count(*)::int from ledger_vouchers where tenant = ${tenant}) as vouchers, (select count(*)::int from documents where tenant = ${tenant}) as documents`
    expect(sums).toEqual({ vouchers: 3, documents: 3 })
    expect(await jobsOf(tenant)).toEqual([])
  })

  it('a page whose commit fails has posted nothing, and the next one does it', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-11-10T12:00:00Z', {}, {})
    await database.admin
      .unsafe(`create function stumble() returns trigger language plpgsql as $$ begin if new.tenant = '${tenant}' then raise exception 'killed'; end if; return new; end $$;
      create trigger stumble before insert on ledger_cursors for each row execute function stumble()`)
    await expect(post(tenant)).rejects.toThrow('killed')
    expect(await database.admin`select 1 from ledger_vouchers where tenant = ${tenant}`).toHaveLength(0)
    expect(await jobsOf(tenant)).toHaveLength(1)
    await database.admin.unsafe('drop trigger stumble on ledger_cursors; drop function stumble')
    await post(tenant)
    expect(await database.admin`select 1 from ledger_vouchers where tenant = ${tenant}`).toHaveLength(2)
  })

  it('what has no price is posted nowhere, and counted', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-11-10T12:00:00Z', {})
    await issue(database.admin, { at: '2026-11-10T12:00:00Z' }, { tenant })
    await seal(tenant, '2026-11-10T13:00:00Z')
    await post(tenant)
    await post(tenant)
    expect(await store.settlement.trialOf({ tenant, month: '2026-11' })).toMatchObject({ unpriced: 1 })
  })

  it('a document is of the month in which it was sealed, by the calendar of the installation', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-11-30T22:59:59.999Z', {})
    await sell(tenant, '2026-11-30T23:00:00Z', {})
    await post(tenant)
    expect((await statement(tenant, 'operator'))?.currencies[0]).toMatchObject({ opening: '0.00', closing: '-10.00' })
    expect((await statement(tenant, 'operator', '2026-12'))?.currencies[0]).toMatchObject({
      opening: '-10.00',
      closing: '-20.00',
    })
  })

  it('closes a month step by step, and says how far it is', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-11-10T12:00:00Z', {}, {}, {})
    await post(tenant)
    await sell(tenant, '2026-11-11T12:00:00Z', {})
    await store.settlement.start({ tenant, month: '2026-11' }, by, inDecember)
    const states: unknown[] = []
    for (let run = await step(tenant, '2026-11', decided); run; run = await step(tenant, '2026-11', decided))
      states.push([run.state, run.progress.posted, run.progress.sealed])
    expect(states).toEqual([
      ['posting', 0, 0],
      ['fees', 4, 0],
      ['closing', 4, 0],
      ['closed', 4, 4],
    ])
    const run = await store.settlement.find({ tenant, month: '2026-11' })
    expect(run).toMatchObject({ state: 'closed', progress: { documents: 4, posted: 4, vouchers: 4, sealed: 4 } })
    expect(run?.digest).toMatch(/^[0-9a-f]{64}$/)
    expect((await store.audit.list(tenant, { subject: '2026-11' } as never, { limit: 9 })).items).toHaveLength(1)
  })

  it('the same books have the same digest, to the byte, in whatever order and pages they were posted', async () => {
    const [one, other] = [await newTenant(), await newTenant()]
    const sold = (tenant: string) =>
      sell(
        tenant,
        '2026-11-10T12:00:00Z',
        {},
        { contract: 'DE-8AA-C00000001-0' },
        { costs: ['CHF', '1.00', '0.08', '1.08'] },
      )
    await sold(one)
    await post(one)
    await sold(other)
    const adjustment = (tenant: string, key: string, text: string) =>
      store.settlement.adjust(
        {
          id: key,
          tenant,
          party: { kind: 'emp', id: 'DE*8AA' },
          amount: '1.00',
          currency: 'EUR',
          reason: text,
          at: Date.parse('2026-11-20T12:00:00Z'),
        },
        by,
      )
    await post(other)
    await adjustment(one, 'a', 'first')
    await adjustment(one, 'b', 'second')
    await adjustment(other, 'b', 'second')
    await adjustment(other, 'a', 'first')
    const [first, second] = [await settle(one), await settle(other)]
    expect(first.digest).toBe(second.digest)
    const third = await newTenant()
    await sell(third, '2026-11-10T12:00:00Z', {}, {}, {})
    expect((await settle(third)).digest).not.toBe(first.digest)
  })

  const killedAt = ['begun', 'posted', 'charged', 'sealed'] as const
  it.each(killedAt)('killed in the step that has %s, it has done nothing of it, and ends the same', async (type) => {
    const tenant = await newTenant()
    await sell(tenant, '2026-11-10T12:00:00Z', {}, {})
    await store.settlement.start({ tenant, month: '2026-11' }, by, inDecember)
    let isKilled = false
    const killing = (run: SettlementRun, event: RunEvent): RunChange | undefined => {
      if (!isKilled && event.type === type) {
        isKilled = true
        throw new Error('killed')
      }
      return decided(run, event)
    }
    for (let steps = 0; steps < 12; steps++)
      await step(tenant, '2026-11', killing).catch((error: unknown) => expect(String(error)).toContain('killed'))
    const run = await store.settlement.find({ tenant, month: '2026-11' })
    expect([isKilled, run?.state, run?.progress]).toEqual([
      true,
      'closed',
      { documents: 2, posted: 2, fees: 0, vouchers: 2, sealed: 2 },
    ])
    expect(run?.digest).toBe((await settle(await twin())).digest)
  })

  /** Another tenant that has sold the same, and was never killed. */
  const twin = async (): Promise<string> => {
    const tenant = await newTenant()
    await sell(tenant, '2026-11-10T12:00:00Z', {}, {})
    return tenant
  }

  it('started twice, and by two at once, it is one run', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-11-10T12:00:00Z', {})
    const ref = { tenant, month: '2026-11' }
    const both = await Promise.all([1, 2, 3].map(() => store.settlement.start(ref, by, inDecember)))
    expect(both.map((run) => ('not' in run ? run.not : run.state))).toEqual(['queued', 'queued', 'queued'])
    const run = await settle(tenant)
    expect(await store.settlement.start(ref, by, inDecember + 1)).toEqual(run)
    expect((await store.settlement.list(tenant, { limit: 9 })).items).toEqual([run])
    expect(await database.admin`select 1 from audit where tenant = ${tenant}`).toHaveLength(1)
  })

  it('two who take it further at once do each step once', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-11-10T12:00:00Z', ...Array.from({ length: 5 }, () => ({})))
    await store.settlement.start({ tenant, month: '2026-11' }, by, inDecember)
    const worker = async (): Promise<number> => {
      let done = 0
      for (let idle = 0; idle < 20;) {
        if ((await step(tenant, '2026-11', decided)) === undefined) idle++
        else done++
      }
      return done
    }
    const done = await Promise.all([worker(), worker(), worker()])
    expect(done.reduce((sum, one) => sum + one, 0)).toBe(4)
    expect(await store.settlement.find({ tenant, month: '2026-11' })).toMatchObject({
      state: 'closed',
      progress: { sealed: 5 },
    })
  })

  it('no month is settled before it is over, nor before one that comes first', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-10-10T12:00:00Z', {})
    await sell(tenant, '2026-11-10T12:00:00Z', {})
    await post(tenant)
    const start = (month: string, at = inDecember) => store.settlement.start({ tenant, month }, by, at)
    expect(await start('2026-12')).toEqual({ not: 'early' })
    expect(await start('2026-11', Date.parse('2026-11-30T22:59:59Z'))).toEqual({ not: 'early' })
    expect(await start('2026-11')).toEqual({ not: 'gap', month: '2026-10' })
    await settle(tenant, '2026-10')
    await settle(tenant)
    expect(await start('2026-09')).toEqual({ not: 'passed', month: '2026-11' })
  })

  it('a run waits where its own posting finds that an earlier month must be closed first', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-10-10T12:00:00Z', {})
    await sell(tenant, '2026-11-10T12:00:00Z', {})
    await store.settlement.start({ tenant, month: '2026-11' }, by, inDecember)
    await step(tenant, '2026-11', decided)
    await expect(step(tenant, '2026-11', decided)).rejects.toThrow('2026-10 must be closed first')
    await store.settlement.putOff({ tenant, month: '2026-11' }, '2026-10 must be closed first', inDecember + 1)
    expect(await store.settlement.find({ tenant, month: '2026-11' })).toMatchObject({
      fault: '2026-10 must be closed first',
    })
    await settle(tenant, '2026-10')
    expect(await settle(tenant)).not.toHaveProperty('fault')
  })

  it('what is sealed while a month is closing is of the next one', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-11-10T12:00:00Z', {})
    await store.settlement.start({ tenant, month: '2026-11' }, by, inDecember)
    await step(tenant, '2026-11', decided)
    await step(tenant, '2026-11', decided)
    // its clock is behind
    await sell(tenant, '2026-11-30T22:00:00Z', { costs: ['EUR', '5.00', '0.00', '5.00'] })
    await post(tenant)
    const run = await settle(tenant)
    expect(run.progress).toMatchObject({ vouchers: 1, sealed: 1 })
    expect((await statement(tenant, 'operator', '2026-12'))?.currencies[0]).toMatchObject({
      opening: '-10.00',
      total: '-5.00',
    })
  })

  it('a credit after the closing takes back in the next month what the closed one gave, which stays as it was', async () => {
    const tenant = await newTenant()
    const [cdr = ''] = await sell(tenant, '2026-11-10T12:00:00Z', { contract: 'DE-8AA-C00000001-0' })
    const before = await settle(tenant)
    const closed = await statement(tenant, 'emp:DE*8AA')
    await creditOf(database.admin, cdr, tenant)
    await seal(tenant, '2026-12-06T12:00:00Z')
    await post(tenant)
    expect(await statement(tenant, 'emp:DE*8AA')).toEqual(closed)
    expect((await statement(tenant, 'emp:DE*8AA', '2026-12'))?.currencies).toEqual([
      {
        currency: 'EUR',
        opening: '11.90',
        sums: [{ purpose: 'charging', postings: 1, amount: '-11.90' }],
        total: '-11.90',
        closing: '0.00',
      },
    ])
    expect((await store.settlement.find({ tenant, month: '2026-11' }))?.digest).toBe(before.digest)
  })

  it('an adjustment is of the month that it is, and of the next one where that is closed; with reason and who', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-11-10T12:00:00Z', { contract: 'DE-8AA-C00000001-0' })
    await post(tenant)
    const adjust = (id: string, at: string, party = 'DE*8AA') =>
      store.settlement.adjust(
        {
          id,
          tenant,
          party: { kind: 'emp', id: party },
          amount: '-2.5',
          currency: 'EUR',
          reason: 'as a courtesy',
          at: Date.parse(at),
        },
        by,
      )
    expect(await adjust('a', '2026-11-30T12:00:00Z')).toEqual({ voucher: 2, month: '2026-11' })
    await settle(tenant)
    expect(await adjust('b', '2026-11-30T12:00:00Z')).toEqual({ voucher: 3, month: '2026-12' })
    expect(await adjust('b', '2026-11-30T12:00:00Z')).toEqual({ voucher: 3, month: '2026-12' })
    expect(await adjust('c', '2026-12-30T12:00:00Z', 'DE*9ZZ')).toBeUndefined()
    expect((await statement(tenant, 'emp:DE*8AA'))?.currencies[0]?.closing).toBe('9.40')
    expect((await statement(tenant, 'emp:DE*8AA', '2026-12'))?.currencies[0]?.closing).toBe('6.90')
    const audited = await store.audit.list(tenant, { action: 'settlement.adjusted' } as never, { limit: 9 })
    expect(audited.items.at(-1)).toMatchObject({ actor: by, note: 'as a courtesy' })
  })

  it('all statements of a month add up to nothing, and to their postings, read page by page', async () => {
    const tenant = await newTenant()
    await sell(
      tenant,
      '2026-11-10T12:00:00Z',
      ...Array.from({ length: 20 }, (_, i): Partial<IssuedAccount> => ({
        ...(i % 3 > 0 && { contract: `DE-8A${i % 3}-C00000001-0` }),
        costs: i % 4 === 0 ? ['JPY', '100', '8', '108'] : ['EUR', `${i}.10`, `0.${10 + i}`, `${i}.${20 + i}`],
      })),
    )
    await settle(tenant)
    const trial = await store.settlement.trialOf({ tenant, month: '2026-11' })
    expect(trial?.sums.map(({ currency, closing, opening }) => [currency, opening, closing])).toEqual([
      ['EUR', '0.00', '0.00'],
      ['JPY', '0', '0'],
    ])
    for (const party of new Set(trial?.accounts.map((line) => line.party))) {
      const of = await statement(tenant, party)
      const postings = of === undefined ? [] : await postingsOf(tenant, of)
      expect([party, postings.length]).toEqual([party, of?.postings])
      for (const { currency, total } of of?.currencies ?? []) {
        const sum = postings
          .filter((p) => p.currency === currency)
          .reduce((all, { amount }) => all + partsOf(amount), 0n)
        expect([party, currency, sum]).toEqual([party, currency, partsOf(total)])
      }
    }
  })

  it('of another tenant nothing is seen', async () => {
    const [tenant, other] = [await newTenant(), await newTenant()]
    await sell(tenant, '2026-11-10T12:00:00Z', {})
    await settle(tenant)
    expect(await store.settlement.trialOf({ tenant: other, month: '2026-11' })).toBeUndefined()
    expect(await store.settlement.find({ tenant: other, month: '2026-11' })).toBeUndefined()
    expect(await statement(other, 'operator')).toBeUndefined()
  })
})
