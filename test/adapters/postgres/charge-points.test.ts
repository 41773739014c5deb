import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

describe('the names of charge points', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(2)
    await database.admin`update charge_points set serial = 'Sn-1' where identity = 'CP-1'`
  })
  afterAll(() => database.close())

  it.each([
    ['cp-1', 'its identity', true],
    ['SN-1', 'the serial number that it reports', true],
    ['CP-0', 'its own', false],
    ['SN-2', 'nobody’s', false],
  ])('S-12: %s is %s: another’s %s', async (name, _, expected) => {
    const store = postgresStore(database.app, database.ingest)
    expect(await store.chargePoints.isAnothers({ tenant: 'default', identity: 'CP-0' }, name)).toBe(expected)
  })
})
