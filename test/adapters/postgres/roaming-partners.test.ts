import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { partnerContract } from '../../contracts/roaming-partners.ts'
import { freshDatabase } from '../../support/database.ts'
import { memoryPartners } from '../../support/roaming-platforms.ts'

partnerContract('on PostgreSQL', async () => {
  const database = await freshDatabase()
  return {
    store: postgresStore(database.app, database.ingest).roamingPartners,
    close: () => database.close(),
  }
})

// whoever is tested with the one in memory must find the same
partnerContract('in memory', async () => ({ store: memoryPartners(), close: async () => {} }))
