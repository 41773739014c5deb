import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { courseOf } from '../../../adapters/postgres/charging-course.ts'
import { postgresCurrentState } from '../../../adapters/postgres/current-state.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { sessionColumns, sessionOf, type SessionRow } from '../../../adapters/postgres/rows.ts'
import { asTenant } from '../../../adapters/postgres/tenant.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Session } from '../../../core/domain/session.ts'
import type { CurrentState } from '../../../core/ports/current-state.ts'
import type { Ledger } from '../../../core/ports/ledger.ts'
import { courseContract } from '../../contracts/charging-course.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { numbered } from '../../support/facts.ts'

describe('states of charging on PostgreSQL', () => {
  let database: TestDatabase
  let ledger: Ledger
  let currentState: CurrentState
  let stations = 0

  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(60)
    ledger = postgresLedger({ sql: database.ingest, clock: new TestClock(), ids: systemIds, digest: testDigest })
    currentState = postgresCurrentState(database.ingest)
  })
  afterAll(() => database.close())

  const station = (): string => `CP-${stations++}`
  const session = async (identity: string): Promise<Session> => {
    const [row] = await database.ingest<
      SessionRow[]
    >`select ${database.ingest.unsafe(sessionColumns)} from sessions s where s.identity = ${identity} order by s.id desc`
    if (row === undefined) throw new Error(`${identity} has no session`)
    return sessionOf(row)
  }

  courseContract(() => ({
    ledger,
    currentState,
    station,
    session,
    course: (of) => asTenant(database.app, of.tenant, async (tx) => (await courseOf(tx, [of])).get(of.id) ?? []),
  }))

  it('D-14: nobody sees the course of another tenant', async () => {
    const cp = station()
    await ledger.commit([numbered(cp, 0, { charging: 'charging' })])
    const mine = await session(cp)
    const seen = await asTenant(database.app, 'another', (tx) => courseOf(tx, [mine]))
    expect(seen.get(mine.id)).toEqual([])
  })

  it('goes by whole days, as facts and readings do', async () => {
    const rows = await database.admin<{ name: string }[]>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'charging_course'::regclass`
    expect(rows.map(({ name }) => name.slice(0, 20)).filter((name) => !/^charging_course_\d{4}$/.test(name))).toEqual(
      [],
    )
    expect(rows.length).toBeGreaterThan(0)
  })
})
