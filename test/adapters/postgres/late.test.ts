import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeCdr } from '../../../adapters/postgres/cdr-writer.ts'
import { postgresCurrentState } from '../../../adapters/postgres/current-state.ts'
import { postgresDeadlines } from '../../../adapters/postgres/deadlines.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Fact, SessionEvent } from '../../../core/domain/fact.ts'
import { holds } from '../../../core/domain/deadline.ts'
import type { ConnectorReport } from '../../../core/domain/connector.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { numbered, reading, sampled, started, stopped } from '../../support/facts.ts'

describe('what comes late', () => {
  let database: TestDatabase
  const clock = new TestClock()
  let next = 0
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(20)
  })
  afterAll(() => database.close())

  const station = (): string => `CP-${next++}`
  const commit = (...facts: readonly Fact[]) =>
    postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest }).commit(facts)
  const sweep = () => postgresDeadlines(database.ingest, clock).sweep(100)
  /** Does every job that waits, and gives the CDRs of a charge point, oldest first. */
  const books = async (identity: string) => {
    const jobs = await database.admin<{ id: number; key: string }[]>`select id::int, key from outbox where kind = 'cdr'`
    for (const job of jobs) await writeCdr({ app: database.app, clock, ids: systemIds }, { tenant: 'default', ...job })
    const page = await postgresStore(database.app, database.ingest).cdrs.list(
      'default',
      { chargePoint: identity },
      { limit: 10 },
    )
    return page.items.toReversed()
  }
  const report = (identity: string, status: ConnectorReport['status']) =>
    postgresCurrentState(database.ingest).write([
      {
        kind: 'status',
        tenant: 'default',
        identity,
        epoch: 1,
        at: clock.now(),
        report: { evse: 1, connector: 1, status, errorCode: 'NoError' },
        before: 'unknown',
        irregular: false,
        unchanged: false,
      },
    ])

  it('INV-25: a stop after the session was closed without one credits its CDR and makes a new version', async () => {
    const cp = station()
    await commit(started(cp), sampled(cp, '1000001', reading(10, 2_000_000)))
    await commit(started(cp, { token: 'CARD2', at: clock.now() + 1 }))
    await clock.pass(holds.nextSession)
    await sweep()
    const [original] = await books(cp)
    expect(original).toMatchObject({ version: 0, state: 'issued', energyMwh: 1_000_000, stopReason: 'Inferred' })
    await commit(stopped(cp, '1000001'))
    const [credited, corrected, ...more] = await books(cp)
    expect(more).toEqual([])
    expect(credited).toEqual({ ...original, state: 'credited', credits: [expect.any(String)] })
    expect(corrected).toMatchObject({ version: 1, replaces: original?.id, state: 'issued', energyMwh: 5_000_000 })
  })

  it('INV-25: a reading that changes nothing of the account leaves the books alone', async () => {
    const cp = station()
    await commit(started(cp), stopped(cp, '1000001'))
    const [original] = await books(cp)
    await commit(sampled(cp, '1000001', reading(30, 4_000_000)))
    expect(await books(cp)).toEqual([original])
  })

  it('INV-25 INV-52: where the station knew no last register, a late reading does change it', async () => {
    const cp = station()
    const { meterMwh: _, ...withoutRegister } = stopped(cp, '1000001')
    await commit(started(cp), withoutRegister)
    await commit(sampled(cp, '1000001', reading(30, 4_000_000)))
    await books(cp)
    await commit(sampled(cp, '1000001', reading(50, 5_000_000)))
    expect((await books(cp)).map((cdr) => [cdr.version, cdr.state, cdr.energyMwh])).toEqual([
      [0, 'credited', 3_000_000],
      [1, 'issued', 4_000_000],
    ])
  })

  it('INV-25: no version without the credit of the one before, whoever writes', async () => {
    const cp = station()
    await commit(started(cp), stopped(cp, '1000001'))
    const [original] = await books(cp)
    await expect(
      database.admin`insert into cdrs (id, tenant, version, replaces, session, identity, evse, connector, started_at, ended_at, energy_mwh, duration_ms, stop_reason, state)
        select ${systemIds.uuid()}, tenant, 1, id, session, identity, evse, connector, started_at, ended_at, 1, 1, 'x', 'issued' from cdrs where id = ${original?.id ?? ''}`,
    ).rejects.toThrow('only with the credit')
  })

  it('INV-24: a session on a connector that is free again, and stays so, is closed after the hold', async () => {
    const cp = station()
    await commit(started(cp), sampled(cp, '1000001', reading(10, 2_000_000)))
    await clock.pass(60_000)
    await report(cp, 'available')
    await clock.pass(holds.connectorAvailable - 1)
    await sweep()
    expect(await books(cp)).toEqual([])
    await clock.pass(1)
    await sweep()
    expect(await books(cp)).toMatchObject([
      { energyMwh: 1_000_000, notes: ['estimated', 'closed by inference: connector available', 'no tariff'] },
    ])
  })

  it('INV-24: a session whose connector has only looked free goes on', async () => {
    const cp = station()
    await commit(started(cp))
    await clock.pass(60_000)
    await report(cp, 'available')
    await report(cp, 'charging')
    await clock.pass(holds.connectorAvailable)
    await sweep()
    expect(await books(cp)).toEqual([])
  })

  it('INV-24: the story of a connector that looked free, began another session, and is busy when the time comes', async () => {
    const cp = station()
    await commit(started(cp), sampled(cp, '1000001', reading(10, 2_000_000)))
    await clock.pass(60_000)
    await report(cp, 'available')
    await commit(started(cp, { token: 'CARD2', at: clock.now() }))
    await report(cp, 'charging')
    await clock.pass(holds.nextSession)
    await sweep()
    expect(await books(cp)).toMatchObject([{ notes: ['estimated', 'closed by inference: next session', 'no tariff'] }])
  })

  it('INV-24 F-24: whether a connector is free again does not depend on the clock of its station', async () => {
    const cp = station()
    await commit(started(cp, { at: clock.now() + 400 * 24 * 3_600_000 }))
    await clock.pass(60_000)
    await report(cp, 'available')
    await clock.pass(holds.connectorAvailable)
    await sweep()
    expect(await books(cp)).toMatchObject([
      { notes: ['estimated', 'closed by inference: connector available', 'no tariff'] },
    ])
  })

  /** A session of 2.x that has ended, and of which the event between start and end is missing. */
  const withGap = (identity: string, over: Partial<SessionEvent> = {}): readonly Fact[] => [
    numbered(identity, 0, { phase: 'started', readings: [reading(0, 1_000_000)], ...over }),
    numbered(identity, 2, { phase: 'ended', readings: [reading(30, 4_000_000)], ...over }),
  ]
  const connection = async (identity: string, kind: 'connected' | 'disconnected') => {
    await database.admin`update connections set epoch = 1 where identity = ${identity}`
    const report = { tenant: 'default', identity, epoch: 1, at: clock.now() }
    const connected = { ...report, kind: 'connected' as const, protocol: 'ocpp2.0.1', address: '::1', worker: 'w1' }
    const disconnected = { ...report, kind: 'disconnected' as const, code: 1006, reason: '' }
    await postgresCurrentState(database.ingest).write([kind === 'connected' ? connected : disconnected])
  }

  it('INV-22: while its station is away, what is missing is waited for a day, and then no longer', async () => {
    const cp = station()
    await connection(cp, 'connected')
    await commit(...withGap(cp))
    await connection(cp, 'disconnected')
    await clock.pass(holds.missing)
    await sweep()
    expect(await books(cp)).toEqual([])
    await clock.pass(holds.missingOffline)
    await sweep()
    expect(await books(cp)).toMatchObject([
      {
        energyMwh: 3_000_000,
        notes: ['events 1 are missing: nothing more came within the time of grace', 'no tariff'],
      },
    ])
  })

  it('INV-22: while its station is connected, what is missing is waited for a quarter of an hour', async () => {
    const cp = station()
    await database.ingest`insert into workers (worker, host) values ('w1', 'here') on conflict (worker) do update set seen_at = now()`
    await connection(cp, 'connected')
    await commit(...withGap(cp))
    await clock.pass(holds.missing - 1)
    await sweep()
    expect(await books(cp)).toEqual([])
    await clock.pass(1)
    await sweep()
    expect(await books(cp)).toMatchObject([{ energyMwh: 3_000_000 }])
  })

  it.each([400, -400])(
    'INV-22 INV-26: how long a station has been away is not for its own clock to say: %d days off',
    async (days) => {
      const cp = station()
      const at = clock.now() + days * 24 * 3_600_000
      await connection(cp, 'connected')
      await commit(...withGap(cp, { at }))
      await connection(cp, 'disconnected')
      await clock.pass(holds.missing)
      await sweep()
      const early = await books(cp)
      await clock.pass(holds.missingOffline)
      await sweep()
      expect([early, (await books(cp)).length]).toEqual([[], 1])
    },
  )
})
