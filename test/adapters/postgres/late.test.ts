import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeCdr } from '../../../adapters/postgres/cdr-writer.ts'
import { postgresCurrentState } from '../../../adapters/postgres/current-state.ts'
import { postgresDeadlines } from '../../../adapters/postgres/deadlines.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Fact } from '../../../core/domain/fact.ts'
import { holds } from '../../../core/domain/deadline.ts'
import type { ConnectorReport } from '../../../core/domain/connector.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { reading, sampled, started, stopped } from '../../support/facts.ts'

describe('what comes late', () => {
  let database: TestDatabase
  const clock = new TestClock()
  let next = 0
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(10)
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
      { energyMwh: 1_000_000, notes: ['estimated', 'closed by inference: connector available'] },
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
})
