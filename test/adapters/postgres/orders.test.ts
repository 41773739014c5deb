import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Order } from '../../../core/domain/order.ts'
import type { Store } from '../../../core/ports/store.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

describe('orders on PostgreSQL', () => {
  let database: TestDatabase
  let store: Store
  const clock = new TestClock()
  let next = 0
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(20)
    store = postgresStore(database.app, database.ingest)
  })
  afterAll(() => database.close())

  const station = () => ({ tenant: 'default', identity: `CP-${next++}` })
  const given = (ref: ReturnType<typeof station>, order: Order) => {
    const [at, id] = [clock.now(), systemIds.uuid()]
    const history = [{ at, state: 'queued' as const }]
    const draft = { ...ref, id, order, state: 'queued' as const, waits: false, createdAt: at, deadline: at + 60_000 }
    return store.commands.create({ ...draft, history })
  }

  it('of lists at once each knows those that came before it, until they are over', async () => {
    const ref = station()
    const list = { type: 'syncLocalList' } as const
    const seen = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { number } = await given(ref, list)
        return [number, await store.commands.open(ref, 'syncLocalList')] as const
      }),
    )
    const [first, ...later] = seen.toSorted(([a], [b]) => a - b)
    expect(seen.map(([, [oldest]]) => oldest?.number)).toEqual(seen.map(() => first?.[0]))
    expect(later.length).toBe(7)
    await given(ref, { type: 'clearCache' })
    for (const command of await store.commands.open(ref, 'syncLocalList'))
      await store.commands.step(command, { at: clock.now(), state: 'done', outcome: 'succeeded' })
    expect(await store.commands.open(ref, 'syncLocalList')).toEqual([])
  })
})
