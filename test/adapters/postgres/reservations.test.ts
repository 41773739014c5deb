import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresCurrentState } from '../../../adapters/postgres/current-state.ts'
import { postgresDeadlines } from '../../../adapters/postgres/deadlines.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { endReservation } from '../../../adapters/postgres/reservations.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { SessionStarted } from '../../../core/domain/fact.ts'
import type { MirrorChange } from '../../../core/domain/mirror.ts'
import type { Store } from '../../../core/ports/store.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { started } from '../../support/facts.ts'
import { until } from '../../support/server.ts'

const hour = 3_600_000

describe('reservations on PostgreSQL', () => {
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
  type Station = ReturnType<typeof station>
  const sweep = () => postgresDeadlines(database.ingest, clock).sweep(100)

  /** An order that the station has accepted, and what that taught us. */
  const taken = async (ref: Station, learnt: (number: number) => MirrorChange): Promise<number> => {
    const [at, id] = [clock.now(), systemIds.uuid()]
    const command = await store.commands.create({
      ...ref,
      id,
      order: { type: 'clearCache' },
      state: 'queued',
      waits: false,
      createdAt: at,
      deadline: at + 30 * 24 * hour,
      history: [{ at, state: 'queued' }],
    })
    const step = { at, state: 'done', outcome: 'succeeded' } as const
    await store.commands.step(command, step, { learnt: [learnt(command.number)] })
    return command.number
  }
  const reserved = (ref: Station, more: { readonly evse?: number; readonly token?: string } = {}) =>
    taken(ref, (id) => ({ type: 'reserved', id, evse: 1, token: 'CARD1', expiresAt: clock.now() + hour, ...more }))
  const cancelled = (ref: Station, id: number) =>
    taken(ref, () => ({ type: 'reservation.cancelled', id, reason: 'by order' }))
  const freed = (ref: Station, id: number) =>
    postgresCurrentState(database.ingest).write([
      { kind: 'reservation', ...ref, epoch: 1, id, at: clock.now(), reason: 'the connector became available' },
    ])
  const ended = async (id: number) => {
    const { state, reason, session } = (await store.reservations.find('default', id)) ?? {}
    return { state, ...(reason !== undefined && { reason }), used: session !== undefined }
  }

  it('have run out where the station lets them go at their end, whoever is first to notice', async () => {
    const ref = station()
    const [early, atEnd] = [await reserved(ref), await reserved(ref)]
    await clock.pass(hour / 2)
    await freed(ref, early)
    await clock.pass(hour / 2 - 1_000)
    await freed(ref, atEnd)
    expect(await ended(early)).toEqual({ state: 'ended', reason: 'the connector became available', used: false })
    expect(await ended(atEnd)).toEqual({ state: 'expired', reason: 'nobody came in time', used: false })
  })

  it('are cancelled where their connector was seen to be free before the answer was kept', async () => {
    const ref = station()
    const id = await reserved(ref)
    await freed(ref, id)
    await cancelled(ref, id)
    expect(await ended(id)).toEqual({ state: 'cancelled', reason: 'by order', used: false })
    await clock.pass(2 * hour)
    await sweep()
    expect((await ended(id)).state).toBe('cancelled')
  })

  it('end once when the sweep comes at the same time: the story of two locks taken in opposite order', async () => {
    const ref = station()
    const id = await reserved(ref)
    await clock.pass(hour)
    const freeing = database.ingest.begin(async (tx) => {
      await tx`select 1 from reservations where id = ${id} for update`
      const sweeping = sweep()
      const waiting = () => database.admin`select 1 from pg_stat_activity where wait_event_type = 'Lock'`
      await until('a sweep that waits', async () => (await waiting()).length > 0)
      await endReservation(tx, { ...ref, id }, { state: 'ended', reason: 'free' }, clock.now())
      return { sweeping }
    })
    const { sweeping } = await freeing
    await sweeping
    expect(await ended(id)).toEqual({ state: 'expired', reason: 'nobody came in time', used: false })
  })

  it('are used by the session that is theirs: not by an older one, nor by one that was refused', async () => {
    const ref = station()
    const [any, exact] = [await reserved(ref, { evse: 0 }), await reserved(ref)]
    const begin = (more: Partial<SessionStarted>) =>
      postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest }).commit([
        started(ref.identity, { at: clock.now(), ...more }),
      ])
    await begin({ at: clock.now() - 24 * hour })
    await begin({ authorization: { status: 'Invalid' } })
    expect([(await ended(any)).state, (await ended(exact)).state]).toEqual(['active', 'active'])
    await begin({ at: clock.now() + 1_000 })
    expect([(await ended(any)).state, await ended(exact)]).toEqual(['active', { state: 'used', used: true }])
  })
})
