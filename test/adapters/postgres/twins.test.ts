import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { sessionColumns, sessionOf, type SessionRow } from '../../../adapters/postgres/rows.ts'
import { MemoryLedger } from '../../../adapters/memory/ledger.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Fact } from '../../../core/domain/fact.ts'
import type { Session } from '../../../core/domain/session.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { reading, sampled, started, stopped } from '../../support/facts.ts'

/** What happens to one charge point: its n-th start has the n-th id, whoever keeps the ledger. */
const step = fc.oneof(
  fc.record({
    type: fc.constant('start' as const),
    connector: fc.integer({ min: 1, max: 2 }),
    refused: fc.boolean(),
    clockless: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('sample' as const),
    session: fc.integer({ min: 0, max: 3 }),
    falls: fc.boolean(),
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
)

const batchesOf = (identity: string, steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) => {
  const all: Fact[] = []
  const batches: Fact[][] = []
  let batch: Fact[] = []
  let starts = 0
  for (const one of steps) {
    if (one.type === 'commit') {
      if (batch.length > 0) batches.push(batch, ...(one.crashes ? [batch] : []))
      batch = []
      continue
    }
    const fact = ((): Fact | undefined => {
      switch (one.type) {
        case 'start': {
          // without a clock all starts on a connector are alike
          const { connector, clockless } = one
          const at = clockless ? 0 : Date.UTC(2026, 10, 24, 12, starts++)
          const authorization = { status: one.refused ? ('Invalid' as const) : ('Accepted' as const) }
          return started(identity, { connector, evse: connector, at, authorization, clockless })
        }
        case 'sample':
          return sampled(
            identity,
            String(1_000_001 + one.session),
            ...one.minutes.map((m) => reading(m, (one.falls ? 120 - m : m) * 50_000)),
          )
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
  return batch.length > 0 ? [...batches, batch] : batches
}

const comparable = (session: Session): string =>
  JSON.stringify(
    Object.entries(session)
      .filter(([field]) => field !== 'id' && field !== 'version')
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )

describe('the ledger in memory and the one on PostgreSQL', () => {
  let database: TestDatabase
  let stations = 0
  const clock = new TestClock()
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(400)
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
    }
  }

  it('INV-10 INV-20 F-16: hold the same rows after the same history, whatever came twice and wherever it crashed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        const identity = `CP-${stations++}`
        const memory = new MemoryLedger({
          clock,
          ids: systemIds,
          digest: testDigest,
          firstTransaction: () => 1_000_001,
        })
        const postgres = postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest })
        for (const batch of batchesOf(identity, steps)) {
          await memory.commit(batch)
          await postgres.commit(batch)
        }
        expect(await onPostgres(identity)).toEqual(inMemory(memory))
      }),
      { numRuns: 150, seed: 11 },
    )
  })
})
