import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Deliveries } from '../../../actors/deliveries.ts'
import { decide as decideDelivery } from '../../../actors/delivery/decide.ts'
import { statementsToBooks } from '../../../actors/delivery/words.ts'
import { decide } from '../../../actors/settlement/decide.ts'
import { webhookKind } from '../../../adapters/erp/webhook.ts'
import { closedStatement } from '../../../adapters/postgres/closed-statement.ts'
import { postgresDeadlines } from '../../../adapters/postgres/deadlines.ts'
import { sealDocuments } from '../../../adapters/postgres/seal-documents.ts'
import { postgresStatementLanes } from '../../../adapters/postgres/statement-lanes.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { asTenant } from '../../../adapters/postgres/tenant.ts'
import { partsOf } from '../../../core/domain/amount.ts'
import { leaseMs } from '../../../core/domain/delivery.ts'
import type { Receiver } from '../../../core/ports/erp.ts'
import type { Store } from '../../../core/ports/store.ts'
import type { ClosedStatement, StatementContent } from '../../../core/settlement/closed-statement.ts'
import type { SettlementRun } from '../../../core/settlement/run.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { type HttpReceiver, startHttpReceiver } from '../../support/http-receiver.ts'
import { issue, type IssuedAccount } from '../../support/issued.ts'
import { deaf, silence } from '../../support/quiet.ts'

const by = { key: 'k', label: 'somebody' }
const inDecember = Date.parse('2026-12-05T12:00:00Z')
const signingSecret = `whsec_${Buffer.from('a secret of twenty-four bytes').toString('base64')}`
const fleet: Partial<IssuedAccount> = { contract: 'DE-8AA-C00000001-0' }
const other: Partial<IssuedAccount> = { contract: 'DE-9BB-C00000001-0' }

describe('statements of closed months', () => {
  let database: TestDatabase
  let store: Store
  const clock = new TestClock(Date.now())
  let tenants = 0
  beforeAll(async () => {
    database = await freshDatabase()
    store = postgresStore(database.app, database.ingest)
  })
  afterAll(() => database?.close())
  // what one of them leaves is no work of the next
  afterEach(async () => {
    await database.admin`delete from outbox`
    await database.admin`delete from deadlines`
  })

  const newTenant = async (...targets: readonly string[]): Promise<string> => {
    const tenant = `t${tenants++}`
    await database.register(1, tenant)
    for (const target of targets) await setTarget(tenant, target)
    return tenant
  }
  const setTarget = (
    tenant: string,
    id: string,
    more: { readonly statements?: boolean; readonly enabled?: boolean } = {},
  ) =>
    store.erpTargets.put(
      {
        tenant,
        id,
        kind: 'webhook',
        settings: { url: 'https://books.example/', statements: more.statements ?? true },
        enabled: more.enabled ?? true,
        mostInFlight: 4,
        changedAt: clock.now(),
      },
      by,
    )
  const sell = async (tenant: string, sealedAt: string, ...accounts: readonly Partial<IssuedAccount>[]) => {
    for (const account of accounts) {
      const costs = ['EUR', '10.00', '1.90', '11.90'] as const
      await issue(database.admin, { at: sealedAt, costs, ...account }, { tenant })
      await sealDocuments({ app: database.app, clock: new TestClock(Date.parse(sealedAt)) }, tenant)
    }
  }
  const run = async (tenant: string, month: string, at = inDecember): Promise<SettlementRun | undefined> => {
    await store.settlement.start({ tenant, month }, by, at)
    for (let left = true; left;)
      left = (await store.settlement.step({ tenant, month }, at, (now, event) => decide(now, event, at))) !== undefined
    return store.settlement.find({ tenant, month })
  }
  const filed = async (tenant: string) =>
    (await store.statementDeliveries.list(tenant, {}, { limit: 99 })).items.map(
      ({ target, number, state, statement: { month, party, currency } }) =>
        `${number} ${target} ${month} ${party} ${currency} ${state}`,
    )
  const statementsIn = (tenant: string): Promise<readonly ClosedStatement[]> =>
    asTenant(database.app, tenant, async (tx) => {
      const rows = await tx<{ id: string }[]>`select id from closed_statements where tenant = ${tenant} order by number`
      const all: ClosedStatement[] = []
      for (const { id } of rows) all.push((await closedStatement(tx, { tenant, id })) as ClosedStatement)
      return all
    })
  const contentOf = ({ bytes }: ClosedStatement) => JSON.parse(new TextDecoder().decode(bytes)) as StatementContent

  /** Does what the relay, the sweeper and a worker do, until nothing is due at this moment. */
  const work = async (receiver: Receiver<ClosedStatement>, lanes = postgresStatementLanes(database.app)) => {
    const deliveries = new Deliveries({
      lanes,
      open: () => receiver,
      words: statementsToBooks,
      clock,
      random: { integer: (least) => least },
      telemetry: deaf,
      log: silence,
    })
    for (;;) {
      await postgresDeadlines(database.ingest, clock).sweep(100)
      const jobs = await database.admin<{ id: number; tenant: string; key: string }[]>`
        select id::int, tenant, key from outbox where kind = 'statements' order by id`
      if (jobs.length === 0) return
      for (const job of jobs) await deliveries.work(job)
    }
  }

  it('are filed once by the commit that closes the month, for each party and each target that wants them', async () => {
    const tenant = await newTenant('books')
    await setTarget(tenant, 'archive')
    await setTarget(tenant, 'invoices', { statements: false })
    await setTarget(tenant, 'asleep', { enabled: false })
    await sell(tenant, '2026-11-10T12:00:00Z', other, fleet, { ...fleet, costs: ['CHF', '1.00', '0.08', '1.08'] })
    await database.admin`delete from outbox where kind = 'statements'`
    await run(tenant, '2026-11')
    const once = [
      '3 archive 2026-11 emp:DE*9BB EUR queued',
      '3 books 2026-11 emp:DE*9BB EUR queued',
      '2 archive 2026-11 emp:DE*8AA EUR queued',
      '2 books 2026-11 emp:DE*8AA EUR queued',
      '1 archive 2026-11 emp:DE*8AA CHF queued',
      '1 books 2026-11 emp:DE*8AA CHF queued',
    ]
    expect(await filed(tenant)).toEqual(once)
    await run(tenant, '2026-11')
    expect(await filed(tenant)).toEqual(once)
    const jobs =
      await database.admin`select key from outbox where tenant = ${tenant} and kind = 'statements' order by key`
    expect(jobs.map(({ key }) => key as string)).toEqual(['archive', 'books'])
  })

  it('a closing whose commit fails has filed nothing, and the next one does it', async () => {
    const tenant = await newTenant('books')
    await sell(tenant, '2026-11-10T12:00:00Z', fleet)
    await database.admin
      .unsafe(`create function stumble() returns trigger language plpgsql as $$ begin if new.tenant = '${tenant}' then raise exception 'killed'; end if; return new; end $$;
      create trigger stumble before insert on statement_deliveries for each row execute function stumble()`)
    await expect(run(tenant, '2026-11')).rejects.toThrow('killed')
    expect([await filed(tenant), await statementsIn(tenant)]).toEqual([[], []])
    await database.admin.unsafe('drop trigger stumble on statement_deliveries; drop function stumble')
    expect((await run(tenant, '2026-11'))?.state).toBe('closed')
    expect(await filed(tenant)).toEqual(['1 books 2026-11 emp:DE*8AA EUR queued'])
  })

  it('a target that wants them later gets those of the months that are closed from then on', async () => {
    const tenant = await newTenant()
    await setTarget(tenant, 'books', { statements: false })
    await sell(tenant, '2026-10-10T12:00:00Z', fleet)
    await run(tenant, '2026-10')
    await setTarget(tenant, 'books')
    expect(await filed(tenant)).toEqual([])
    await sell(tenant, '2026-11-10T12:00:00Z', other)
    await run(tenant, '2026-11')
    // the party of the month before has a balance still
    expect(await filed(tenant)).toEqual([
      '3 books 2026-11 emp:DE*9BB EUR queued',
      '2 books 2026-11 emp:DE*8AA EUR queued',
    ])
  })

  it('say all of an account: what it was, each posting with its source, what it is, and the digest of the month', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-10-10T12:00:00Z', fleet)
    await run(tenant, '2026-10')
    await sell(tenant, '2026-11-10T12:00:00Z', fleet)
    const adjustment = {
      party: { kind: 'emp', id: 'DE*8AA' },
      amount: '-1.40',
      currency: 'EUR',
      reason: 'a "gift"',
    } as const
    await store.settlement.adjust({ ...adjustment, id: 'a1', tenant, at: Date.parse('2026-11-20T12:00:00Z') }, by)
    const closed = await run(tenant, '2026-11')
    const [, statement] = await statementsIn(tenant)
    expect(statement && contentOf(statement)).toEqual({
      format: 'stationmaster-statement-1',
      id: statement?.id,
      tenant,
      month: '2026-11',
      party: 'emp:DE*8AA',
      currency: 'EUR',
      digest: closed?.digest,
      opening: '11.90',
      sums: [
        { purpose: 'adjustment', postings: 1, amount: '-1.40' },
        { purpose: 'charging', postings: 1, amount: '11.90' },
      ],
      total: '10.50',
      closing: '22.40',
      postings: 2,
      lines: [
        {
          source: { kind: 'adjustment', key: 'a1' },
          at: '2026-11-20T12:00:00.000Z',
          text: expect.stringContaining('a "gift"'),
          purpose: 'adjustment',
          amount: '-1.40',
        },
        {
          source: { kind: 'document', key: expect.any(String) },
          at: expect.any(String),
          text: expect.any(String),
          purpose: 'charging',
          amount: '11.90',
        },
      ],
    })
  })

  it('are the same to the byte however often they are made, and in whatever order the month was posted', async () => {
    const [one, another] = [await newTenant(), await newTenant()]
    const adjusted = (tenant: string, id: string) =>
      store.settlement.adjust(
        {
          id,
          tenant,
          party: { kind: 'emp', id: 'DE*8AA' },
          amount: '0.10',
          currency: 'EUR',
          reason: 'because',
          at: Date.parse('2026-11-20T12:00:00Z'),
        },
        by,
      )
    for (const [tenant, ids] of [
      [one, ['a1', 'a2', 'a3']],
      [another, ['a3', 'a1', 'a2']],
    ] as const) {
      await sell(tenant, '2026-11-01T12:00:00Z', fleet)
      for (const id of ids) await adjusted(tenant, id)
      await run(tenant, '2026-11')
    }
    const made = async (tenant: string) =>
      (await statementsIn(tenant)).map(({ bytes }) => Buffer.from(bytes).toString())
    expect(await made(one)).toEqual(await made(one))
    const content = async (tenant: string) => (await statementsIn(tenant)).map((s) => contentOf(s))
    const [[first], [second]] = [await content(one), await content(another)]
    const same = { id: 'any', tenant: 'any' }
    expect({ ...second, ...same }).toEqual({ ...first, ...same })
  })

  it('with very many postings have sums and no lines', async () => {
    const tenant = await newTenant()
    await sell(tenant, '2026-11-10T12:00:00Z', fleet, fleet, fleet)
    await run(tenant, '2026-11')
    const [whole] = await statementsIn(tenant)
    const id = whole?.id ?? ''
    const short = await asTenant(database.app, tenant, (tx) => closedStatement(tx, { tenant, id }, 2))
    const { lines, ...rest } = contentOf(whole as ClosedStatement)
    expect(short && contentOf(short)).toEqual(rest)
    const sum = (lines ?? []).reduce((all, { amount }) => all + partsOf(amount), 0n)
    expect([lines?.length, sum]).toEqual([3, partsOf(rest.total)])
  })

  describe('on their way', () => {
    let receiver: HttpReceiver
    const came: { readonly id: string; readonly body: string }[] = []
    const entries = new Set<string>()
    let deduplicates = true
    beforeAll(async () => {
      receiver = await startHttpReceiver({
        answer({ headers, body }) {
          const id = headers['webhook-id'] ?? ''
          came.push({ id, body: body.toString() })
          if (entries.has(id) && deduplicates) return { status: 409 }
          entries.add(id)
          return { status: 201, body: JSON.stringify({ reference: `ST-${entries.size}` }) }
        },
      })
    })
    afterAll(() => receiver?.close())
    afterEach(() => {
      came.length = 0
      entries.clear()
      deduplicates = true
    })
    const webhook = (settings: object = {}): Receiver<ClosedStatement> => {
      const { statements } = webhookKind({
        resolve: async () => [{ address: '127.0.0.1', family: 4 }],
        clock: { now: () => Date.now() },
      }).open({ tenant: 't', settings: { url: receiver.url, timeoutS: 1, ...settings }, secrets: { signingSecret } })
      if (statements === undefined) throw new Error('a webhook takes statements')
      return statements
    }
    const closed = async (): Promise<string> => {
      const tenant = await newTenant('books')
      await sell(tenant, '2026-11-10T12:00:00Z', fleet)
      await run(tenant, '2026-11')
      return tenant
    }
    const stateOf = async (tenant: string) => {
      const [delivery] = (await store.statementDeliveries.list(tenant, {}, { limit: 9 })).items
      return [delivery?.state, delivery?.history.map(({ outcome }) => outcome)]
    }

    it('arrive once, with the bytes of the closed month', async () => {
      const tenant = await closed()
      await work(webhook())
      const [statement] = await statementsIn(tenant)
      expect(came).toEqual([{ id: statement?.id, body: Buffer.from(statement?.bytes ?? []).toString() }])
      expect(await stateOf(tenant)).toEqual(['accepted', ['accepted']])
    })

    it.each(['brokenAfter', 'resetAfter', 'slow', 'truncated'] as const)(
      'F-22: a receiver that is %s has it once, by its key',
      async (mishap) => {
        const tenant = await closed()
        receiver.next(mishap)
        await work(webhook())
        await clock.pass(3_600_000)
        await work(webhook())
        const [state] = await stateOf(tenant)
        expect([state, entries.size]).toEqual(['accepted', 1])
        expect(new Set(came.map(({ body }) => body)).size).toBe(1)
      },
    )

    it('one that takes whatever comes leaves it unclear, for a person to decide', async () => {
      const tenant = await closed()
      deduplicates = false
      receiver.next('brokenAfter')
      await work(webhook({ deduplicates: false }))
      expect(await stateOf(tenant)).toEqual(['unclear', ['unclear']])
      const events = await database.admin`select type from events where tenant = ${tenant} and type like 'statement.%'`
      expect(events.map(({ type }) => type as string)).toEqual(['statement.unclear'])
      const [delivery] = (await store.statementDeliveries.list(tenant, { state: 'unclear' }, { limit: 9 })).items
      const seen = await store.statementDeliveries.change(
        { tenant, target: 'books', document: delivery?.document ?? '' },
        (before) =>
          decideDelivery(before, 'none', { type: 'arrived', reference: 'ST-7' }, { at: clock.now(), spread: 0 }),
        { action: 'statement-delivery.resolved', by, at: clock.now() },
      )
      expect(seen).toMatchObject({
        state: 'accepted',
        reference: 'ST-7',
        statement: { month: '2026-11', party: 'emp:DE*8AA' },
      })
      await work(webhook({ deduplicates: false }))
      expect(came).toHaveLength(1)
    })

    /** A process that dies at a point, and whoever lives on does the rest when its time is over. */
    it.each(['entered', 'taken', 'sent'] as const)(
      'F-26: when its sender is killed once it is %s, it arrives once',
      async (point) => {
        const tenant = await closed()
        const lanes = postgresStatementLanes(database.app)
        const [job] = await database.admin<{ id: number; tenant: string; key: string }[]>`
        select id::int, tenant, key from outbox where kind = 'statements' and tenant = ${tenant}`
        if (job === undefined) throw new Error('there is a job')
        await lanes.enter(job, clock.now())
        if (point !== 'entered') {
          const taken = await lanes.take({ tenant, target: 'books' }, clock.now(), (delivery) =>
            decideDelivery(delivery, 'key', { type: 'due' }, { at: clock.now(), spread: 0 }),
          )
          if (point === 'sent' && taken !== undefined) await webhook().send(taken.document, taken.delivery.document)
        }
        await clock.pass(leaseMs + 1_000)
        await work(webhook())
        await clock.pass(3_600_000)
        await work(webhook())
        const [state] = await stateOf(tenant)
        expect([state, entries.size, came.length]).toEqual(['accepted', 1, point === 'sent' ? 2 : 1])
        expect(new Set(came.map(({ body }) => body)).size).toBe(1)
      },
    )

    it('a target that is removed gets none that waits', async () => {
      const tenant = await closed()
      expect(await store.erpTargets.remove({ tenant, target: 'books' }, by, clock.now())).toBe('removed')
      await work(webhook())
      expect([await stateOf(tenant), came]).toEqual([['cancelled', []], []])
    })
  })
})
