import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { postgresTokens } from '../../../adapters/postgres/tokens.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Fact } from '../../../core/domain/fact.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { started } from '../../support/facts.ts'

describe('tokens on PostgreSQL', () => {
  let database: TestDatabase
  const clock = new TestClock()
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(10)
  })
  afterAll(() => database.close())

  const commit = (...facts: readonly Fact[]) =>
    postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest }).commit(facts)

  it('ConcurrentTx: count the sessions they charge with elsewhere, and none that was refused', async () => {
    const once = { token: 'ONCE', mostSessions: 1 }
    await commit(started('CP-0', once))
    await commit(started('CP-1', once))
    const tokens = postgresTokens(database.ingest)
    const charging = (asking: string) => tokens.charging('default', 'once', asking)
    expect(await Promise.all([charging('CP-0'), charging('CP-1'), charging('CP-2')])).toEqual([0, 1, 1])
  })
})
