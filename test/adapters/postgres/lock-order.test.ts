import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresDeadlines } from '../../../adapters/postgres/deadlines.ts'
import { postgresLanes } from '../../../adapters/postgres/erp-lanes.ts'
import { postgresPushLanes } from '../../../adapters/postgres/push-lanes.ts'
import { roamingPartnerStore } from '../../../adapters/postgres/store/roaming-partners.ts'
import { toldPartner } from '../../support/roaming-lanes.ts'
import { type TestDatabase, freshDatabase } from '../../support/database.ts'
import { registerRow } from '../../support/published-rows.ts'
import { until } from '../../support/server.ts'
import { simStage } from '../../support/sim-stage.ts'

/**
 * Jobs failed with a deadlock now and then, and a partner's new credentials were answered with 500. The sweep has a
 * deadline first and leaves its job second, whoever does the job did it the other way round; and a row that is changed
 * twice in one commit looks at the row it belongs to, which whoever waited for it had locked for himself.
 */
describe('those who meet at a job or a lane do not wait for each other', () => {
  let database: TestDatabase
  let sims: ReturnType<typeof simStage>
  const at = Date.UTC(2026, 10, 27, 12)
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(1)
    sims = simStage(database, { post: () => Promise.reject(new Error('nothing is posted here')) })
  })
  afterAll(() => database.close())

  const waiting = async (): Promise<number> =>
    (await database.admin`select from pg_stat_activity where wait_event_type = 'Lock'`).length
  const isWaiting = async (): Promise<boolean> => (await waiting()) > 0
  const leave = (sql: TestDatabase['admin'], kind: string, key: string) =>
    sql`insert into outbox (tenant, kind, key) values ('default', ${kind}, ${key}) on conflict do nothing`
  const jobOf = async (kind: string, key: string) => {
    const [row] = await database.admin<
      { id: number }[]
    >`select id::int from outbox where kind = ${kind} and key = ${key}`
    return { id: row?.id ?? 0, tenant: 'default', key }
  }
  const jobs = async (kind: string): Promise<number> =>
    (await database.admin`select from outbox where kind = ${kind}`).length

  /** Somebody has the deadline of a lane and leaves its job, as the sweep does, while another one does the job. */
  const meet = async (job: string, deadline: string, key: string, enter: () => Promise<unknown>): Promise<unknown> => {
    const { admin } = database
    await leave(admin, job, key)
    await admin`insert into deadlines (tenant, kind, key, due) values ('default', ${deadline}, ${key}, at_ms(${at}))`
    const { entered } = await admin.begin(async (tx) => {
      await tx`delete from deadlines where kind = ${deadline} and key = ${key}`
      const entering = enter()
      await until('the other one to wait', isWaiting)
      await leave(tx as unknown as TestDatabase['admin'], job, key)
      return { entered: entering }
    })
    return entered
  }

  it('the sweep and a lane to a roaming partner', async () => {
    await registerRow(database.app, toldPartner('emp'))
    await database.admin`delete from outbox`
    const key = 'emp/tariffs'
    const lanes = postgresPushLanes(database.app)
    const lane = await meet('roaming', 'roaming.lane', key, async () =>
      lanes.enter(await jobOf('roaming', key), 'a', at),
    )
    expect([lane, await jobs('roaming')]).toEqual([expect.objectContaining({ holder: 'a' }), 0])
  })

  it('the sweep and a lane to the books', async () => {
    await database.admin`insert into erp_targets (tenant, id, kind, settings, changed_at) values ('default', 'books', 'test', '{}', now())`
    const lanes = postgresLanes(database.app)
    const target = await meet('erp', 'erp.lane', 'books', async () => lanes.enter(await jobOf('erp', 'books'), at))
    expect([target, await jobs('erp')]).toEqual([expect.objectContaining({ id: 'books' }), 0])
  })

  it('the sweep and a lane to a SIM provider', async () => {
    await sims.provider('sims')
    const lane = await meet('sim', 'sim.lane', 'lane/sims', async () =>
      sims.lanes.enter(await jobOf('sim', 'lane/sims'), 'a', at),
    )
    expect([lane, await jobs('sim')]).toEqual([expect.objectContaining({ holder: 'a' }), 0])
  })

  it('a charge point that boots again, and whoever takes in how it booted before', async () => {
    const { admin } = database
    await leave(admin, 'sim', 'boot/CP-0')
    const { taken } = await admin.begin(async (tx) => {
      await tx`update charge_points set iccid = null where identity = 'CP-0'`
      const taking = sims.lanes.booted(await jobOf('sim', 'boot/CP-0'), at)
      await until('the other one to wait', isWaiting)
      await leave(tx as unknown as TestDatabase['admin'], 'sim', 'boot/CP-0')
      return { taken: taking }
    })
    await taken
    expect(await jobs('sim')).toBe(0)
  })

  it('the sweep and whoever leaves jobs for all lanes of a partner', async () => {
    const { admin, ingest } = database
    const clock = { now: () => at, monotonic: () => at }
    await admin`insert into deadlines (tenant, kind, key, due) values
      ('default', 'roaming.lane', 'x/tariffs', at_ms(${at - 2})), ('default', 'roaming.lane', 'x/locations', at_ms(${at - 1}))`
    const { swept } = await admin.begin(async (tx) => {
      await leave(tx as unknown as TestDatabase['admin'], 'roaming', 'x/locations')
      const sweeping = postgresDeadlines(ingest, clock).sweep(10)
      await until('the other one to wait', isWaiting)
      await leave(tx as unknown as TestDatabase['admin'], 'roaming', 'x/tariffs')
      return { swept: sweeping }
    })
    expect([await swept, await jobs('roaming')]).toEqual([{ handled: expect.any(Number), commands: [] }, 2])
  })

  it('a partner that is registered anew, and whoever has one of its lanes', async () => {
    const { admin, app, ingest } = database
    const partners = roamingPartnerStore(app, ingest)
    await registerRow(app, toldPartner('anew'))
    const key = 'anew/tariffs'
    const { both } = await admin.begin(async (tx) => {
      await tx`select from roaming_lanes where partner = 'anew' for no key update`
      const entering = postgresPushLanes(app).enter(await jobOf('roaming', key), 'a', at)
      await until('the lane to be waited for', async () => (await waiting()) === 1)
      const changing = partners.change(
        { tenant: 'default', partner: 'anew' },
        (before) => ({ partner: { ...before, endpoints: [...before.endpoints] } }),
        { at },
      )
      await until('both to wait', async () => (await waiting()) === 2)
      return { both: Promise.all([entering, changing]) }
    })
    expect(await both).toEqual([expect.objectContaining({ holder: 'a' }), expect.objectContaining({ id: 'anew' })])
  })
})
