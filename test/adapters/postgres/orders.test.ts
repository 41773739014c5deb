import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fulfilCommands, noteProgress } from '../../../adapters/postgres/fulfil.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { ChargingProfile } from '../../../core/charging/profile.ts'
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

  it('two charging profiles that are taken at once are both known', async () => {
    for (let round = 0; round < 5; round++) {
      const ref = station()
      const profile = (id: number): ChargingProfile => ({
        id,
        evse: id,
        purpose: 'txDefault',
        stackLevel: 0,
        kind: 'relative',
        schedules: [{ unit: 'A', periods: [{ startMs: 0, limit: 100 }] }],
      })
      await Promise.all(
        [1, 2, 3].map(async (id) => {
          const command = await given(ref, { type: 'clearCache' })
          const learnt = [{ type: 'chargingProfile.installed', profile: profile(id) }] as const
          await store.commands.step(command, { at: clock.now(), state: 'answered' }, { learnt })
        }),
      )
      expect((await store.mirrors.chargingProfiles(ref)).map(({ id }) => id)).toEqual([1, 2, 3])
    }
  })

  it('keep each step that they come further, not its repetitions, and no more than 200', async () => {
    const command = await given(station(), { type: 'updateFirmware', location: 'https://example.com/f.bin' })
    const note = (...notes: readonly string[]) =>
      noteProgress(
        database.ingest as never,
        notes.map((said, i) => ({ command: command.id, at: i, note: said, goesOn: true })),
      )
    await note('downloading', 'downloading', 'downloaded')
    await note('downloaded', 'installing')
    const history = async () => (await store.commands.find('default', command.id))?.history.map((step) => step.note)
    expect(await history()).toEqual([undefined, 'downloading', 'downloaded', 'installing'])
    for (let i = 0; i < 120; i++) await note('downloading', 'installing')
    expect((await history())?.length).toBe(200)
    await fulfilCommands(database.ingest as never, [{ command: command.id, at: 9, note: 'installed' }])
    expect((await history())?.at(-1)).toBe('installed')
  })
})
