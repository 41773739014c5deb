import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, type Sql } from '../../../adapters/postgres/connect.ts'
import { freshDatabase, passwordOf, type TestDatabase } from '../../support/database.ts'

const sleep = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms))

describe('a pool whose connections break', () => {
  let database: TestDatabase
  let pool: Sql
  beforeAll(async () => {
    database = await freshDatabase()
    pool = connect({
      target: database.target,
      user: 'sm_ingest',
      password: passwordOf('sm_ingest'),
      max: 2,
      name: 'fragile',
    })
  })
  afterAll(async () => {
    await pool.end({ timeout: 1 })
    await database.close()
  })

  /** Ends every connection of the pool's, as an administrator or a restart would; each has ended when it answers. */
  const cut = () =>
    database.admin`select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'fragile'`

  it('F-05: serves again after each break, wherever in a transaction it came, and never throws outside of a promise', async () => {
    const outcomes = new Set<string>()
    for (let round = 0; round < 24; round++) {
      const work = Array.from({ length: 4 }, () =>
        pool.begin(async (tx) => {
          for (let i = 0; i < 4; i++) await tx`select pg_sleep(0.004)`
        }),
      )
      const settled = Promise.allSettled(work)
      await sleep(round)
      await cut()
      for (const { status } of await settled) outcomes.add(status)
      expect(await pool`select 1 as one`).toEqual([{ one: 1 }])
      expect(await pool.begin((tx) => tx`select 2 as two`)).toEqual([{ two: 2 }])
    }
    expect(outcomes).toContain('rejected')
  })

  it('F-05: says nothing more on a connection that broke within a savepoint, however late', async () => {
    const faults: unknown[] = []
    const hear = (fault: unknown): void => void faults.push(fault)
    process.on('uncaughtException', hear)
    for (let round = 0; round < 6; round++) {
      const work = Array.from({ length: 2 }, () =>
        pool.begin((tx) =>
          tx.savepoint(async (inner) => {
            for (let i = 0; i < 8; i++) await inner`select pg_sleep(0.004)`
          }),
        ),
      )
      const settled = Promise.allSettled(work)
      await sleep(4 + round * 5)
      await cut()
      await settled
      expect(await pool.begin((tx) => tx`select 2 as two`)).toEqual([{ two: 2 }])
    }
    // it once came five seconds later: a ROLLBACK to a socket that was gone
    await sleep(6_000)
    process.off('uncaughtException', hear)
    expect(faults).toEqual([])
  })

  it('takes no transaction for committed in which a statement has failed', async () => {
    const swallowing = pool.begin(async (tx) => {
      await tx`select 1 / 0`.catch(() => {})
    })
    await expect(swallowing).rejects.toThrow('division by zero')
  })

  it('goes back to a savepoint, and on from there', async () => {
    const result = await pool.begin(async (tx) => {
      await tx.savepoint((inner) => inner`select 1 / 0`).catch(() => {})
      return tx`select 3 as three`
    })
    expect(result).toEqual([{ three: 3 }])
  })
})
