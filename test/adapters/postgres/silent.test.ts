import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GroupCommit } from '../../../actors/journal.ts'
import { connect, type Pool } from '../../../adapters/postgres/connect.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { startLease } from '../../../adapters/postgres/workers.ts'
import { systemClock, systemIds, systemTimers } from '../../../adapters/system.ts'
import type { Verdict } from '../../../core/ports/ledger.ts'
import { type ChaosProxy, startChaosProxy } from '../../support/chaos-proxy.ts'
import { freshDatabase, passwordOf, type TestDatabase, testDigest } from '../../support/database.ts'
import { started } from '../../support/facts.ts'
import { until } from '../../support/server.ts'
import { deaf, silence } from '../../support/quiet.ts'

describe('a PostgreSQL that says nothing any more', () => {
  let database: TestDatabase
  let line: ChaosProxy
  const pools: Pool[] = []
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(2)
    const { host, port } = database.target as { host: string; port: number }
    line = await startChaosProxy(`${host}/.s.PGSQL.${port}`)
  })
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end({ timeout: 1 })))
    await line.stop()
    await database.close()
  })
  const poolOver = (silentMs: number): Pool => {
    const url = `postgres://sm_ingest:${passwordOf('sm_ingest')}@127.0.0.1:${line.port}/stationmaster`
    const pool = connect({ target: { url }, max: 3, name: 'over a line', silentMs })
    pools.push(pool)
    return pool
  }

  it('INV-37 INV-02 F-10: has what is under way held and not confirmed, and stored over a new line', async () => {
    const pool = poolOver(1_500)
    await pool`select 1`
    const ledger = postgresLedger({ sql: pool, clock: systemClock, ids: systemIds, digest: testDigest })
    const journal = new GroupCommit({ ledger, clock: systemClock, timers: systemTimers, telemetry: deaf, log: silence })
    line.stall(1)
    const told: Verdict[] = []
    for (const identity of ['CP-0', 'CP-1']) journal.append(started(identity), (verdict) => told.push(verdict))
    await new Promise((go) => setTimeout(go, 1_000))
    expect(told).toEqual([])
    await until('both to be stored', async () => told.length === 2)
    expect(told.every(({ stored }) => stored)).toBe(true)
    expect((await database.admin`select 1 from sessions where identity in ('CP-0', 'CP-1')`).length).toBe(2)
  })

  it('INV-37: is told of as not ready by the lease, which gives its connections up', async () => {
    const pool = poolOver(60_000)
    const lease = await startLease({
      sql: pool,
      worker: 'w1',
      host: 'here',
      failed: () => {},
      silent: () => pool.abandon(),
      patienceMs: 1_000,
    })
    line.stall(1)
    await until('it to be noticed', async () => !lease.healthy())
    await until('it to be well again', async () => lease.healthy())
    await lease.stop()
  })

  it('lets a transaction of many statements take as long as they take together', async () => {
    const pool = poolOver(300)
    const rows = await pool.begin(async (tx) => {
      for (let i = 0; i < 5; i++) await tx`select pg_sleep(0.15)`
      return tx`select 1 as one`
    })
    expect(rows).toEqual([{ one: 1 }])
  })

  it('F-10: takes no piece of a query for a query that was never answered', async () => {
    const pool = poolOver(300)
    const piece = pool`1 + 1`
    await new Promise((go) => setTimeout(go, 600))
    expect(await pool`select ${piece} as two`).toEqual([{ two: 2 }])
  })
})
