import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { step } from '../../../actors/campaign/decide.ts'
import type { Command } from '../../../core/domain/command.ts'
import { campaignDesk, CampaignRunner } from '../../../actors/campaigns.ts'
import { postgresDeadlines } from '../../../adapters/postgres/deadlines.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemClock, systemIds, systemRandom, systemTimers } from '../../../adapters/system.ts'
import type { CampaignPlan } from '../../../core/domain/campaign.ts'
import type { Commander } from '../../../core/ports/commander.ts'
import type { CampaignView, Store, TargetChoice } from '../../../core/ports/store.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { silence } from '../../support/quiet.ts'
import { until } from '../../support/server.ts'

const tenant = 'default'
const plan: CampaignPlan = {
  order: { type: 'clearCache' },
  deadlineMs: 60_000,
  ratePerS: 40,
  jitter: 1,
  stopRule: { failureShare: 0.5, atLeast: 5 },
  retryOffline: false,
  startAt: 0,
}
const names = (count: number) => ({ identities: Array.from({ length: count }, (_, i) => `CP-${i}`) })
const outside = { random: systemRandom, ids: systemIds }

const mostInSecond = (moments: readonly number[]): number =>
  Math.max(0, ...moments.map((from) => moments.filter((m) => m >= from && m < from + 1_000).length))

describe('campaigns on PostgreSQL', () => {
  let database: TestDatabase
  let store: Store
  const runners: CampaignRunner[] = []

  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(60)
    store = postgresStore(database.app, database.ingest)
  })
  /** The numbers kept with every campaign are those of its targets, counted one by one. */
  afterEach(async () => {
    const kept = await database.admin`
      select p.id, p.targets, p.waiting, coalesce((select jsonb_object_agg(key, value) from jsonb_each(p.outcomes) where value <> '0'), '{}') as outcomes from campaigns p order by p.id`
    const counted = await database.admin`
      select p.id, count(*)::int as targets, count(*) filter (where t.command is null)::int as waiting,
        coalesce((select jsonb_object_agg(outcome, n) from (select outcome, count(*) as n from campaign_targets where campaign = p.id and outcome is not null group by 1) o), '{}') as outcomes
      from campaigns p join campaign_targets t on t.campaign = p.id group by p.id order by p.id`
    expect([...kept]).toEqual([...counted])
  })
  afterAll(async () => {
    for (const runner of runners) runner.stop()
    await database.close()
  })

  const create = async (more: Partial<CampaignPlan> = {}, choice: TargetChoice = names(60)): Promise<CampaignView> => {
    const view = await store.campaigns.create(
      {
        id: systemIds.uuid(),
        tenant,
        name: 'test',
        state: 'scheduled',
        createdAt: systemClock.now(),
        plan: { ...plan, ...more, startAt: systemClock.now() },
      },
      choice,
    )
    if (view === undefined) throw new Error('nobody was chosen')
    return view
  }
  const look = async (id: string): Promise<CampaignView> => {
    const view = await store.campaigns.find(tenant, id, systemClock.now())
    if (view === undefined) throw new Error('there is no such campaign')
    return view
  }
  const comesTo = (id: string, state: string, ms = 30_000) =>
    until(state, async () => ((view) => (view.state === state ? view : undefined))(await look(id)), ms)

  /** A way to the stations that notes what is written to whom: `sent` is committed first, as a worker does. */
  const stations = () => {
    const written: { readonly identity: string; readonly at: number }[] = []
    const dispatch: Commander['dispatch'] = async (command) => {
      const { taken } = await store.commands.step(command, { at: systemClock.now(), state: 'sent' })
      if (!taken) return
      written.push({ identity: command.identity, at: systemClock.now() })
      await store.commands.step(command, { at: systemClock.now(), state: 'done', outcome: 'succeeded' })
    }
    return { written, dispatch }
  }
  const run = (dispatch: Commander['dispatch']): CampaignRunner => {
    const runner = new CampaignRunner({
      ...outside,
      campaigns: store.campaigns,
      clock: systemClock,
      timers: systemTimers,
      commander: { dispatch },
      log: silence,
    })
    runners.push(runner)
    runner.start()
    return runner
  }
  /** One step of a campaign by hand; the orders it commits are sent by nobody. */
  const stepOnce = (id: string, at: number) =>
    store.campaigns.change({ tenant, id }, (campaign, progress) => step(campaign, progress, at, outside), at)
  const rows = async (id: string): Promise<readonly { readonly commands: number; readonly state: string | null }[]> =>
    database.admin`select c.state, count(*)::int as commands from campaign_targets t left join commands c on c.id = t.command
      where t.campaign = ${id} group by c.state order by c.state`

  it('S-27: three runners at once order each charge point once, at the rate of one', async () => {
    const { written, dispatch } = stations()
    const { id } = await create()
    const three = [run(dispatch), run(dispatch), run(dispatch)]
    const { progress } = await comesTo(id, 'done')
    for (const runner of three) runner.stop()
    expect(progress).toMatchObject({ targets: 60, succeeded: 60 })
    expect(new Set(written.map(({ identity }) => identity)).size).toBe(60)
    expect(written.length).toBe(60)
    const { items } = await store.campaigns.targets(await look(id), {}, { limit: 100 })
    const moments = items.map(({ orderedAt = 0 }) => orderedAt).toSorted((a, b) => a - b)
    expect((moments.at(-1) ?? 0) - (moments[0] ?? 0)).toBeGreaterThanOrEqual((59 * 1_000) / 40 - 25)
    expect(mostInSecond(moments)).toBeLessThanOrEqual(42)
    const [row] = await database.admin<
      { n: number }[]
    >`select count(*)::int as n from commands where history->0->>'note' = ${`campaign ${id}`}`
    expect(row?.n).toBe(60)
    const [left] = await database.admin`select 1 from deadlines where kind = 'campaign.step' and key = ${id}`
    expect(left).toBeUndefined()
  })

  it('INV-48: a runner that dies between the commit and the sending leaves orders that the next one sends, once', async () => {
    const { id } = await create({ jitter: 0 }, names(20))
    const begun = await stepOnce(id, systemClock.now())
    expect(begun?.orders.length).toBe(20)
    // one of them had left before it died
    const { written, dispatch } = stations()
    const [first] = begun?.orders ?? []
    if (first !== undefined) await dispatch(first.command)
    const runner = run(dispatch)
    const { progress } = await comesTo(id, 'done')
    runner.stop()
    expect(progress).toMatchObject({ targets: 20, succeeded: 20 })
    expect(written.map(({ identity }) => identity).toSorted()).toEqual(names(20).identities.toSorted())
    const targets = await store.campaigns.targets(await look(id), {}, { limit: 100 })
    expect(targets.items.map(({ orders }) => orders)).toEqual(Array.from({ length: 20 }, () => 1))
  })

  it('D-6: of two steps for the same moment one does it, whoever comes first', async () => {
    const { id } = await create({}, names(60))
    const at = systemClock.now()
    const steps = await Promise.all([stepOnce(id, at), stepOnce(id, at), stepOnce(id, at), stepOnce(id, at)])
    expect(steps.filter((done) => done !== undefined).length).toBe(1)
    expect(await stepOnce(id, at)).toBeUndefined()
    await campaignDesk({ ...outside, campaigns: store.campaigns, clock: systemClock }).ask({ tenant, id }, 'cancel')
  })

  it('INV-48: what is taken back is never sent, however late somebody tries', async () => {
    const desk = campaignDesk({ ...outside, campaigns: store.campaigns, clock: systemClock })
    const { id } = await create({}, names(10))
    const begun = await stepOnce(id, systemClock.now())
    expect(await desk.ask({ tenant, id }, 'pause')).toEqual({ granted: true })
    const { written, dispatch } = stations()
    for (const { command } of begun?.orders ?? []) await dispatch(command)
    expect([written.length, begun?.orders.length]).toEqual([0, 10])
    expect((await look(id)).progress).toMatchObject({ waiting: 10, ordered: 0 })
    const [before] = begun?.orders ?? []
    expect(await store.commands.find(tenant, before?.command.id ?? '')).toMatchObject({
      state: 'cancelled',
      reason: 'the campaign was paused',
    } satisfies Partial<Command>)
    expect(await desk.ask({ tenant, id }, 'resume')).toEqual({ granted: true })
    const runner = run(dispatch)
    await comesTo(id, 'done')
    runner.stop()
    expect(new Set(written.map(({ identity }) => identity)).size).toBe(written.length)
    expect(written.length).toBe(10)
  })

  it('an order that its deadline ends without having been sent reached nobody', async () => {
    const { id } = await create({ deadlineMs: 1_000 }, names(3))
    await stepOnce(id, systemClock.now())
    await new Promise((go) => setTimeout(go, 1_300))
    const swept = await postgresDeadlines(database.ingest, systemClock).sweep(500)
    expect(swept.commands.length).toBeGreaterThanOrEqual(3)
    expect((await look(id)).progress).toMatchObject({ ordered: 0, notReached: 3, byOutcome: { expired: 3 } })
    await stepOnce(id, systemClock.now() + 10_000)
    expect((await look(id)).state).toBe('done')
  })

  it('D-6: a campaign whose deadline was swept by a server that knows none goes on, and the sweeper of this one leaves it', async () => {
    const { id } = await create({}, names(5))
    await postgresDeadlines(database.ingest, { now: () => systemClock.now() + 60_000, monotonic: () => 0 }).sweep(500)
    const [kept] = await database.admin`select 1 from deadlines where kind = 'campaign.step' and key = ${id}`
    expect(kept).toBeDefined()
    await database.admin`delete from deadlines where kind = 'campaign.step' and key = ${id}`
    const { written, dispatch } = stations()
    const runner = run(dispatch)
    await comesTo(id, 'done')
    runner.stop()
    expect(written.length).toBe(5)
  })

  it('a step that fails puts off this campaign, and no other', async () => {
    const [bad, good] = [await create({}, names(3)), await create({}, names(3))]
    await database.admin`update campaigns set plan = 'null' where id = ${bad.id}`
    const { written, dispatch } = stations()
    const runner = run(dispatch)
    await comesTo(good.id, 'done')
    runner.stop()
    expect(written.length).toBe(3)
    const [row] = await database.admin<
      { due: number }[]
    >`select ms(due)::float8 as due from deadlines where kind = 'campaign.step' and key = ${bad.id}`
    expect(row?.due).toBeGreaterThan(systemClock.now() + 3_000)
    expect(await rows(bad.id)).toEqual([{ state: null, commands: 3 }])
    await database.admin`delete from campaigns where id = ${bad.id}`
  })

  it('tells progress at most once a second, and every change of state', async () => {
    const { dispatch } = stations()
    const { id } = await create({ ratePerS: 15, canary: { of: { count: 5 }, needsGo: false } }, names(60))
    const runner = run(dispatch)
    await comesTo(id, 'done')
    runner.stop()
    const events = await database.admin<{ at: number; state: string; waiting: number }[]>`
      select ms(at)::float8 as at, data->>'state' as state, (data->>'waiting')::int as waiting from events where subject = ${id} order by xid, id`
    expect([...new Set(events.map(({ state }) => state))]).toEqual(['scheduled', 'canary', 'running', 'done'])
    const running = events.filter(({ state }) => state === 'running')
    expect(running.length).toBeGreaterThanOrEqual(3)
    for (const [i, { at }] of running.entries())
      if (i > 0) expect(at - (running[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(1_000)
    expect(events.at(-1)).toMatchObject({ state: 'done', waiting: 0 })
  })

  it('D-14: a campaign of one tenant orders only its own charge points', async () => {
    await database.register(2, 'other')
    const view = await store.campaigns.create(
      {
        id: systemIds.uuid(),
        tenant: 'other',
        name: 't',
        state: 'scheduled',
        createdAt: 0,
        plan: { ...plan, startAt: 9e12 },
      },
      {},
    )
    expect(view?.targets).toBe(2)
    const rows = await database.admin`select distinct tenant from campaign_targets where campaign = ${view?.id ?? ''}`
    expect(rows.map((row) => row['tenant'] as string)).toEqual(['other'])
    expect(await store.campaigns.find(tenant, view?.id ?? '', 0)).toBeUndefined()
  })

  it('a look at a campaign for many reads those in flight, and not all', async () => {
    const id = (await create({}, names(60))).id
    await database.admin`insert into campaign_targets (campaign, place, tenant, identity, command, outcome)
      select ${id}, n, 'default', 'L-' || n, gen_random_uuid(), 'succeeded' from generate_series(60, 20059) n`
    await database.admin`update campaigns set targets = 20060, outcomes = '{"succeeded": 20000}' where id = ${id}`
    await database.admin`analyze campaign_targets`
    const read = async (): Promise<number> => {
      const [row] = await database.admin<
        { n: number }[]
      >`select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as n
        from pg_stat_user_tables where relname = 'campaign_targets'`
      return row?.n ?? 0
    }
    await database.admin`select pg_stat_force_next_flush()`
    const before = await read()
    for (let i = 0; i < 5; i++) await stepOnce(id, systemClock.now() + i * 1_000)
    // the connections tell what they have read at most a second after they fall silent
    await new Promise((go) => setTimeout(go, 1_500))
    await Promise.all(Array.from({ length: 8 }, () => database.app`select 1`))
    await new Promise((go) => setTimeout(go, 1_500))
    const after = await read()
    expect([after > before, after - before < 5_000]).toEqual([true, true])
    await database.admin`delete from campaigns where id = ${id}`
  })
})
