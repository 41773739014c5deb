import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeCdrs as writeOnPostgres } from '../../../adapters/postgres/cdr-writer.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { sessionColumns, sessionOf, type SessionRow } from '../../../adapters/postgres/rows.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { releaseCdr, writeCdr as writeInMemory } from '../../../adapters/memory/cdr-writer.ts'
import { MemoryLedger } from '../../../adapters/memory/ledger.ts'
import { canonical } from '../../../core/domain/canonical.ts'
import type { Cdr } from '../../../core/domain/cdr.ts'
import type { Fact } from '../../../core/domain/fact.ts'
import type { Session } from '../../../core/domain/session.ts'
import type { Tariff } from '../../../core/pricing/tariff.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { bound, interval, reading, sampled, started, stopped } from '../../support/facts.ts'
import { element, energy, flat, time } from '../../support/pricing.ts'

/** What happens to one charge point: its n-th start has the n-th id, whoever keeps the ledger. */
const step = fc.oneof(
  fc.record({
    type: fc.constant('start' as const),
    connector: fc.integer({ min: 1, max: 2 }),
    refused: fc.boolean(),
    meterMwh: fc.constantFrom(undefined, 0, 1_000_000),
    clockless: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('sample' as const),
    session: fc.integer({ min: 0, max: 3 }),
    tells: fc.constantFrom('register', 'a fall', 'interval', 'begin', 'end'),
    minutes: fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('stop' as const),
    session: fc.integer({ min: 0, max: 3 }),
    kWh: fc.integer({ min: 0, max: 9 }),
  }),
  fc.record({ type: fc.constant('again' as const), which: fc.nat() }),
  /** The batch ends here: with its answers; or with a crash after its commit, so that all of it comes again. */
  fc.record({ type: fc.constant('commit' as const), crashes: fc.boolean() }),
  /** Every job that waits is done, and somebody issues what is held then, or leaves it. */
  fc.record({ type: fc.constant('jobs' as const), release: fc.constantFrom('measured', 'proposed', undefined) }),
)

interface Work {
  readonly type: 'jobs'
  readonly release: 'measured' | 'proposed' | undefined
}

const told = {
  register: (m: number) => reading(m, m * 50_000),
  'a fall': (m: number) => reading(m, (120 - m) * 50_000),
  interval: (m: number) => interval(m, m * 1_000),
  begin: (m: number) => bound('Begin', m, m * 40_000),
  end: (m: number) => bound('End', m, m * 60_000),
}

const batchesOf = (identity: string, steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) => {
  const all: Fact[] = []
  const batches: (Fact[] | Work)[] = []
  let batch: Fact[] = []
  let starts = 0
  for (const one of steps) {
    if (one.type === 'commit' || one.type === 'jobs') {
      if (batch.length > 0) batches.push(batch, ...(one.type === 'commit' && one.crashes ? [batch] : []))
      if (one.type === 'jobs') batches.push(one)
      batch = []
      continue
    }
    const fact = ((): Fact | undefined => {
      switch (one.type) {
        case 'start': {
          // without a clock all starts on a connector are alike
          const { connector, clockless, meterMwh } = one
          const at = clockless ? 0 : Date.UTC(2026, 10, 24, 12, starts++)
          const authorization = { status: one.refused ? ('Invalid' as const) : ('Accepted' as const) }
          const start = { connector, evse: connector, at, authorization, clockless }
          if (meterMwh !== undefined) return started(identity, { ...start, meterMwh })
          const { meterMwh: _, ...unknown } = started(identity, start)
          return { ...unknown, key: testDigest.key(`unknown ${unknown.key}`) }
        }
        case 'sample':
          return sampled(identity, String(1_000_001 + one.session), ...one.minutes.map((m) => told[one.tells](m)))
        case 'stop':
          return stopped(identity, String(1_000_001 + one.session), { meterMwh: one.kWh * 1_000_000 })
        case 'again':
          return all[one.which % Math.max(1, all.length)]
      }
    })()
    if (fact === undefined) continue
    all.push(fact)
    batch.push(fact)
  }
  const last: Work = { type: 'jobs', release: undefined }
  return batch.length > 0 ? [...batches, batch, last] : [...batches, last]
}

/** An account without the names of things, which both ledgers give by themselves. */
const account = (
  startKey: string,
  { version, state, energyMwh, startedAt, endedAt, notes, hold, priced }: Cdr,
): string =>
  JSON.stringify([startKey, version, state, energyMwh, startedAt, endedAt, notes, hold?.heldAt]) +
  canonical([priced?.periods, priced?.lines, priced?.total]) +
  JSON.stringify([hold?.reasons.map(({ rule, detail }) => [rule, detail]), hold?.proposal?.energyMwh]).replaceAll(
    /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
    'it',
  )

const comparable = (session: Session): string =>
  JSON.stringify(
    Object.entries(session)
      .filter(([field]) => field !== 'id' && field !== 'version')
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )

describe('the ledger in memory and the one on PostgreSQL', () => {
  let database: TestDatabase
  let stations = 0
  let tariff: Tariff
  const clock = new TestClock()
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(400)
    const { tariffs } = postgresStore(database.app, database.ingest)
    const act = { by: { key: '', label: '' }, at: 0 }
    const elements = [
      element({ startTime: '12:45' }, energy('1', '19')),
      element({}, flat('1'), energy('0.1'), time('2')),
    ]
    const put = await tariffs.put(
      { tenant: 'default', id: 'all' },
      { currency: 'EUR', taxIncluded: 'NO', elements },
      act,
    )
    tariff = put.tariff
    const everyone = { id: 'all', tariff: 'all', drivers: { kind: 'everyone' }, place: { kind: 'everywhere' } } as const
    await tariffs.assignments.put('default', everyone, act)
  })
  afterAll(() => database.close())

  const inMemory = (ledger: MemoryLedger) => {
    const keyOf = (id: string): string => ledger.sessions.get(id)?.startKey ?? '?'
    return {
      sessions: [...ledger.sessions.values()].map(comparable).toSorted(),
      samples: [...ledger.samples].map(([key, { text }]) => `${keyOf(key.slice(0, 36))} ${text}`).toSorted(),
      facts: [...ledger.facts.values()].map(({ fact }) => `${fact.kind} ${fact.key}`).toSorted(),
      outbox: [...ledger.outbox.values()].map(({ key }) => keyOf(key)).toSorted(),
      deadlines: [...ledger.deadlines.values()].map((d) => `${keyOf(d.key)} ${d.due} ${d.reason}`).toSorted(),
      cdrs: [...ledger.cdrs.values()].map((cdr) => account(keyOf(cdr.session), cdr)).toSorted(),
    }
  }
  const onPostgres = async (identity: string) => {
    const { admin } = database
    const sessions = await database.ingest<
      SessionRow[]
    >`select ${database.ingest.unsafe(sessionColumns)} from sessions s where s.identity = ${identity}`
    const texts = async (rows: PromiseLike<readonly { text: string }[]>): Promise<readonly string[]> =>
      (await rows).map(({ text }) => text).toSorted()
    return {
      sessions: sessions.map((row) => comparable(sessionOf(row))).toSorted(),
      samples: await texts(
        admin`select s.start_key || ' ' || x.reading as text from samples x join sessions s on s.id = x.session where s.identity = ${identity}`,
      ),
      facts: await texts(admin`select kind || ' ' || key as text from facts where identity = ${identity}`),
      outbox: await texts(
        admin`select s.start_key::text as text from outbox o join sessions s on s.id::text = o.key where s.identity = ${identity}`,
      ),
      deadlines: await texts(
        admin`select s.start_key || ' ' || ms(d.due) || ' ' || d.reason as text from deadlines d join sessions s on s.id::text = d.key where s.identity = ${identity}`,
      ),
      cdrs: (
        await postgresStore(database.app, database.ingest).cdrs.list(
          'default',
          { chargePoint: identity },
          { limit: 99 },
        )
      ).items
        .map((cdr) => account(sessions.find(({ id }) => id === cdr.session)?.start_key ?? '?', cdr))
        .toSorted(),
    }
  }

  let names = 0
  /** Names in the order of their making: of two sessions of the same time the same one is the later, on both sides. */
  const ids = { uuid: () => `00000000-0000-7000-8000-${(++names).toString(16).padStart(12, '0')}` }
  const workInMemory = (ledger: MemoryLedger, { release }: Work): void => {
    for (const [key, item] of ledger.outbox)
      writeInMemory({ ledger, clock, ids, tariff }, { ...item, id: ledger.outboxIds.get(key) ?? 0 })
    if (release !== undefined) for (const id of ledger.cdrs.keys()) releaseCdr(ledger, id, { as: release }, tariff)
  }
  const workOnPostgres = async (identity: string, { release: as }: Work): Promise<void> => {
    const { app, ingest, admin } = database
    const jobs = await admin<
      { id: number; key: string }[]
    >`select id::int, key from outbox where kind = 'cdr' order by id`
    for (const job of jobs) await writeOnPostgres({ app, clock, ids }, { tenant: 'default', ...job })
    if (as === undefined) return
    const { cdrs } = postgresStore(app, ingest)
    const order = { as, by: { key: '', label: '' }, note: 'x', at: clock.now() }
    const held = await cdrs.list('default', { chargePoint: identity, state: 'held' }, { limit: 99 })
    for (const { id } of held.items) await cdrs.release('default', id, order)
  }

  it('INV-10 INV-20 INV-25 F-16: hold the same rows after the same history, whatever came twice and wherever it crashed', async () => {
    const states = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        const identity = `CP-${stations++}`
        const memory = new MemoryLedger({ clock, ids, digest: testDigest, firstTransaction: () => 1_000_001 })
        const postgres = postgresLedger({ sql: database.ingest, clock, ids, digest: testDigest })
        for (const batch of batchesOf(identity, steps)) {
          if ('type' in batch) {
            workInMemory(memory, batch)
            await workOnPostgres(identity, batch)
          } else {
            await memory.commit(batch)
            await postgres.commit(batch)
          }
        }
        for (const { state, priced } of memory.cdrs.values()) states.add(priced === undefined ? 'unpriced' : state)
        expect(await onPostgres(identity)).toEqual(inMemory(memory))
      }),
      { numRuns: 150, seed: 11 },
    )
    // or it has shown nothing of them; what a clock that was never set tells has no price
    expect([...states].toSorted()).toEqual(['credited', 'held', 'issued', 'unpriced'])
  })
})
