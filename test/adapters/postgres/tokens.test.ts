import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
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

  it('are known by the tag of a remote start that was told of days later, by its own time: the story of an offline queue', async () => {
    const store = postgresStore(database.app, database.ingest)
    const day = 86_400_000
    const [now, id, tag] = [Date.now(), systemIds.uuid(), '0123456789ABCDEF']
    const ordered = now - 3 * day
    await store.commands.create({
      tenant: 'default',
      identity: 'CP-3',
      id,
      order: { type: 'startCharging', token: 'CARD3' },
      state: 'queued',
      waits: false,
      tag,
      createdAt: ordered,
      deadline: ordered + 60_000,
      history: [],
    })
    const tokens = postgresTokens(database.ingest)
    const uidAt = async (at?: number) => (await tokens.find('default', tag, at))?.uid
    expect(await uidAt(ordered + 60_000)).toBe('CARD3')
    expect([await uidAt(), await uidAt(now), await uidAt(ordered + 2 * day)]).toEqual([undefined, undefined, undefined])
  })
})
