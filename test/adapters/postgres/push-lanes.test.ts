import { publishedObjects } from '../../../adapters/postgres/published-objects.ts'
import { postgresPushLanes } from '../../../adapters/postgres/push-lanes.ts'
import { laneContract } from '../../contracts/push-lanes.ts'
import { freshDatabase } from '../../support/database.ts'
import { publishRows, registerRow } from '../../support/published-rows.ts'

laneContract('on PostgreSQL', async () => {
  const database = await freshDatabase()
  const { app, admin } = database
  return {
    lanes: postgresPushLanes(app),
    published: publishedObjects(app),
    register: (partner) => registerRow(app, partner),
    publish: (object) => publishRows(app, [object]),
    async job(key) {
      const [row] = await admin<{ id: number }[]>`select id::int from outbox where kind = 'roaming' and key = ${key}`
      return row && { id: row.id, tenant: 'default', key }
    },
    async deadline(key) {
      const [row] = await admin<
        { due: string }[]
      >`select ms(due)::text as due from deadlines where kind = 'roaming.lane' and key = ${key}`
      return row && Number(row.due)
    },
    close: () => database.close(),
  }
})
