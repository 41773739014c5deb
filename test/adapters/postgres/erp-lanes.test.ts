import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Deliveries } from '../../../actors/deliveries.ts'
import { postgresDeadlines } from '../../../adapters/postgres/deadlines.ts'
import { postgresLanes } from '../../../adapters/postgres/erp-lanes.ts'
import { leaseMs } from '../../../core/domain/delivery.ts'
import type { SealedDocument } from '../../../core/domain/document.ts'
import { type Erp, type ErpGuard, ErpUnavailable, ErpUnclear, type ErpVerdict } from '../../../core/ports/erp.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertDocuments, sampleDocument } from '../../support/documents.ts'
import { deaf, silence } from '../../support/quiet.ts'
import { until } from '../../support/server.ts'

/** An ERP of one target: its books, and how it takes the next documents. */
class Books implements Erp {
  readonly guard: ErpGuard
  readonly numbers: number[] = []
  now = 0
  most = 0
  take: (document: SealedDocument) => Promise<ErpVerdict> = async () => ({ accepted: true })

  constructor(guard: ErpGuard) {
    this.guard = guard
  }

  async send(document: SealedDocument): Promise<ErpVerdict> {
    this.most = Math.max(this.most, ++this.now)
    try {
      const verdict = await this.take(document)
      if (verdict.accepted && !(this.guard === 'key' && this.numbers.includes(document.number)))
        this.numbers.push(document.number)
      return verdict
    } finally {
      this.now--
    }
  }

  async find({ number }: SealedDocument): Promise<{ readonly reference: string } | undefined> {
    return this.numbers.includes(number) ? { reference: `RE-${number}` } : undefined
  }
}

describe('the lanes of targets, on PostgreSQL', () => {
  let database: TestDatabase
  const clock = new TestClock(Date.now())
  const books = new Map<string, Books>()
  let next = 1
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database.close())

  const deliveries = (): Deliveries =>
    new Deliveries({
      lanes: postgresLanes(database.app),
      open: ({ id }) => books.get(id) as Books,
      clock,
      random: { integer: (least) => least },
      telemetry: deaf,
      log: silence,
    })

  /** A target with so many documents that wait for it. */
  const target = async (guard: ErpGuard, count: number): Promise<{ id: string; its: Books; numbers: number[] }> => {
    const id = `books-${next}`
    const its = new Books(guard)
    books.set(id, its)
    await database.admin`insert into erp_targets (tenant, id, kind, settings, changed_at) values ('default', ${id}, 'test', '{}', now())`
    const numbers = Array.from({ length: count }, () => next++)
    await insertDocuments(
      database.admin,
      numbers.map((number) => sampleDocument(number)),
      [id],
    )
    return { id, its, numbers }
  }
  /** Does what the relay, the sweeper and a worker do, until nothing is due at this moment. */
  const work = async (by = deliveries()): Promise<void> => {
    for (;;) {
      await postgresDeadlines(database.ingest, clock).sweep(100)
      const jobs = await database.admin<{ id: number; tenant: string; key: string }[]>`
        select id::int, tenant, key from outbox where kind = 'erp' order by id`
      if (jobs.length === 0) return
      await Promise.all(jobs.map((job) => by.work(job)))
    }
  }
  const rows = (id: string) =>
    database.admin<{ state: string; attempts: number; reason: string | null }[]>`
      select state, attempts, reason from erp_deliveries where target = ${id} order by number`
  const states = async (id: string): Promise<readonly string[]> => (await rows(id)).map(({ state }) => state)

  it('take every document once, in the order of their numbers, and leave nothing in the outbox', async () => {
    const { id, its, numbers } = await target('key', 5)
    await database.admin`update erp_targets set most_in_flight = 1 where id = ${id}`
    await work()
    expect(its.numbers).toEqual(numbers)
    expect(await states(id)).toEqual(numbers.map(() => 'accepted'))
    expect(await database.admin`select 1 from outbox where key like ${`${id}%`}`).toEqual([])
    // nobody has to look at a lane in which nothing is left
    expect(await database.admin`select 1 from deadlines where key = ${id}`).toEqual([])
    const attempts = await database.admin`select outcome from erp_attempts where target = ${id}`
    expect(attempts.map(({ outcome }) => outcome as string)).toEqual(numbers.map(() => 'accepted'))
  })

  it('INV-44: an outbox row leaves only with a deadline in its place: whoever dies then is followed by another', async () => {
    const { id, its, numbers } = await target('key', 1)
    const [job] = await database.admin<
      { id: number; key: string }[]
    >`select id::int, key from outbox where kind = 'erp'`
    await postgresLanes(database.app).enter({ tenant: 'default', id: job?.id ?? 0, key: job?.key ?? '' }, clock.now())
    await work()
    expect([await states(id), its.numbers]).toEqual([['queued'], []])
    await clock.pass(30_000)
    await work()
    expect([await states(id), its.numbers]).toEqual([['accepted'], numbers])
  })

  it('have no more on their way to a target than it may have, in however many processes', async () => {
    const { id, its } = await target('key', 12)
    its.take = async () => {
      await until('four at once', async () => its.most >= 4)
      // a fifth would have the time to come
      await new Promise((go) => setTimeout(go, 50))
      return { accepted: true }
    }
    await Promise.all([work(), work(), work()])
    expect([its.most, its.numbers.length, new Set(await states(id))]).toEqual([4, 12, new Set(['accepted'])])
  })

  it('INV-45: a target that is away is soon asked seldom, and keeps no other waiting', async () => {
    const away = await target('key', 12)
    const other = await target('key', 3)
    let asked = 0
    away.its.take = async () => {
      asked++
      throw new ErpUnavailable('nobody is there')
    }
    await work()
    expect(other.its.numbers).toEqual(other.numbers)
    // four at a time until the fifth fault closes the lane
    expect(asked).toBeLessThanOrEqual(8)
    const before = asked
    await clock.pass(29_000)
    await work()
    expect(asked).toBe(before)
    await clock.pass(3_600_000)
    await work()
    expect(asked).toBe(before + 1)
    away.its.take = async () => ({ accepted: true })
    await clock.pass(3_600_000)
    await work()
    expect(away.its.numbers.toSorted((a, b) => a - b)).toEqual(away.numbers)
  })

  it('F-22: a receiver that says when to come again is not asked before', async () => {
    const { its, numbers } = await target('key', 3)
    let asked = 0
    its.take = async () => {
      if (asked++ > 0) return { accepted: true }
      throw new ErpUnavailable('busy', 60_000)
    }
    await database.admin`update erp_targets set most_in_flight = 1 where id = ${`books-${numbers[0]}`}`
    await work()
    await clock.pass(59_000)
    await work()
    expect(asked).toBe(1)
    await clock.pass(2_000)
    await work()
    expect(its.numbers.toSorted((a, b) => a - b)).toEqual(numbers)
  })

  /** A process that is killed after it has committed that it sends, with the document there or not. */
  const killed = async (id: string, its: Books, isThere: boolean): Promise<void> => {
    const lanes = postgresLanes(database.app)
    const [job] = await database.admin<
      { id: number; key: string }[]
    >`select id::int, key from outbox where kind = 'erp'`
    await lanes.enter({ tenant: 'default', id: job?.id ?? 0, key: job?.key ?? '' }, clock.now())
    await new Promise<void>((go) => {
      const hanging = new Books(its.guard)
      hanging.take = ({ number }) => {
        if (isThere) its.numbers.push(number)
        go()
        return new Promise(() => {})
      }
      books.set(id, hanging)
      void database.admin`insert into outbox (tenant, kind, key) values ('default', 'erp', ${id}) returning id::int`.then(
        ([row]) => deliveries().work({ id: row?.['id'] as number, tenant: 'default', key: id }),
      )
    })
    books.set(id, its)
  }

  it.each([
    ['key', true],
    ['key', false],
    ['lookup', true],
    ['lookup', false],
  ] as const)(
    'INV-41: whoever dies while it is on its way (guard %s, arrived: %s) is followed after his time',
    async (guard, isThere) => {
      const { id, its, numbers } = await target(guard, 1)
      await killed(id, its, isThere)
      await work()
      expect(await states(id)).toEqual(['sending'])
      await clock.pass(leaseMs)
      await work()
      await clock.pass(60_000)
      await work()
      expect([await states(id), its.numbers]).toEqual([['accepted'], numbers])
      const outcomes = await database.admin`select outcome from erp_attempts where target = ${id} order by attempt`
      expect(outcomes.map(({ outcome }) => outcome as string)).toEqual([
        'unclear',
        guard === 'lookup' && isThere ? 'found' : 'accepted',
      ])
    },
  )

  it('INV-41: where nothing guards it, it waits for a person, who is told', async () => {
    const { id, its } = await target('none', 1)
    its.take = () => Promise.reject(new ErpUnclear('no answer within 20000 ms'))
    await work()
    expect(await rows(id)).toMatchObject([{ state: 'unclear', attempts: 1, reason: 'no answer within 20000 ms' }])
    await clock.pass(86_400_000)
    await work()
    expect(await rows(id)).toMatchObject([{ state: 'unclear', attempts: 1 }])
    const events = await database.admin`select type, data from events where data ->> 'target' = ${id}`
    expect(events).toMatchObject([{ type: 'erp.unclear', data: { reason: 'no answer within 20000 ms', attempts: 1 } }])
  })

  it('an answer that comes after its time counts where it is a yes, and nobody has begun again', async () => {
    const { id, its } = await target('none', 1)
    const lanes = postgresLanes(database.app)
    let answer = (): void => {}
    its.take = () => new Promise((go) => (answer = () => go({ accepted: true, reference: 'RE-9' })))
    const late = work()
    await new Promise((go) => setTimeout(go, 300))
    await clock.pass(leaseMs)
    await lanes.rest({ tenant: 'default', target: id }, clock.now())
    await work()
    expect(await states(id)).toEqual(['unclear'])
    answer()
    await late
    expect(
      await database.admin`select state, reference, doubtful from erp_deliveries where target = ${id}`,
    ).toMatchObject([{ state: 'accepted', reference: 'RE-9', doubtful: false }])
  })

  it('a refusal is told, and a document that fails keeps no other from going', async () => {
    const { id, its, numbers } = await target('key', 3)
    its.take = async ({ number }) =>
      number === numbers[0] ? { accepted: false, reason: 'the period is closed\u0000' } : { accepted: true }
    await work()
    expect(await states(id)).toEqual(['refused', 'accepted', 'accepted'])
    const events = await database.admin`select type, subject, data from events where data ->> 'target' = ${id}`
    expect(events).toMatchObject([
      { type: 'erp.refused', subject: sampleDocument(numbers[0] ?? 0).id, data: { reason: 'the period is closed' } },
    ])
  })

  it('nothing is sent to a target that is switched off, and its outbox is empty all the same', async () => {
    const { id, its } = await target('key', 2)
    await database.admin`update erp_targets set enabled = false where id = ${id}`
    await work()
    expect([its.numbers, await states(id)]).toEqual([[], ['queued', 'queued']])
  })
})
