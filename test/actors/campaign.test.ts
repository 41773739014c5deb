import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { campaignDesk, CampaignRunner } from '../../actors/campaigns.ts'
import { type CampaignPlan, canarySize, isTripped, judged, type Wish } from '../../core/domain/campaign.ts'
import { type CommandOutcome, commandOutcomes } from '../../core/domain/command.ts'
import type { CampaignStore } from '../../core/ports/store.ts'
import { type Answer, CampaignWorld } from '../support/campaigns.ts'
import { TestClock } from '../support/clock.ts'
import { silence } from '../support/quiet.ts'

const start = Date.UTC(2026, 10, 24, 12)
const basic: CampaignPlan = {
  order: { type: 'clearCache' },
  deadlineMs: 60_000,
  ratePerS: 20,
  jitter: 0.5,
  stopRule: { failureShare: 0.2, atLeast: 5 },
  retryOffline: false,
  startAt: start,
}
const succeeds: Answer = { outcome: 'succeeded', afterMs: 300 }

/** A campaign, its desk and its runners; each runner may die and another take over. */
const campaign = (
  plan: Partial<CampaignPlan>,
  targets: number,
  answerOf: (identity: string, nth: number) => Answer = () => succeeds,
) => {
  const clock = new TestClock(start)
  const world = new CampaignWorld(clock, { ...basic, ...plan }, targets, answerOf)
  let serial = 0
  let losesCommit = false
  const campaigns = {
    ...world.store,
    async change(...given: Parameters<CampaignStore['change']>) {
      const changed = await world.store.change(...given)
      if (losesCommit && given[2] !== undefined && changed !== undefined) {
        losesCommit = false
        throw new Error('the connection was lost after the commit')
      }
      return changed
    },
  } as CampaignStore
  const parts = {
    campaigns,
    clock,
    timers: clock,
    random: { integer: (least: number, most: number) => least + (serial % (most - least + 1)) },
    ids: { uuid: () => `command-${++serial}` },
    commander: world.commander,
    log: silence,
  }
  const run = (): CampaignRunner => {
    const runner = new CampaignRunner(parts)
    runner.start()
    return runner
  }
  const ask = (wish: Wish) => campaignDesk(parts).ask({ tenant: 'default', id: 'c' }, wish)
  return { clock, world, run, ask, loseCommit: () => void (losesCommit = true) }
}

const mostInSecond = (moments: readonly number[]): number =>
  Math.max(0, ...moments.map((from) => moments.filter((m) => m >= from && m < from + 1_000).length))

describe('a campaign that runs', () => {
  it('S-27: orders forty charge points at twenty a second, each once', async () => {
    const { clock, world, run } = campaign({}, 40)
    run()
    await clock.pass(5_000)
    expect(world.campaign.state).toBe('done')
    expect(world.progress()).toMatchObject({ targets: 40, succeeded: 40, waiting: 0, ordered: 0 })
    expect(new Set(world.written.map(({ identity }) => identity)).size).toBe(40)
    const last = Math.max(...world.written.map(({ at }) => at))
    expect(last - start).toBeGreaterThanOrEqual(1_900)
    expect(last - start).toBeLessThanOrEqual(2_300)
  })

  it('begins with the rest only when the whole canary is over', async () => {
    const slow = (identity: string): Answer => ({ outcome: 'succeeded', afterMs: identity === 'CP-3' ? 8_000 : 100 })
    const { clock, world, run } = campaign({ canary: { of: { share: 0.1 }, needsGo: false } }, 40, slow)
    run()
    await clock.pass(8_000)
    expect([world.campaign.state, world.written.length]).toEqual(['canary', 4])
    await clock.pass(5_000)
    expect([world.campaign.state, world.written.length]).toEqual(['done', 40])
  })

  it('stops after a canary of which too much failed, and the rest never hears of it', async () => {
    const bad = (identity: string): Answer => ({
      outcome: identity === 'CP-1' ? 'rejected' : 'succeeded',
      afterMs: 100,
    })
    const { clock, world, run } = campaign({ canary: { of: { count: 4 }, needsGo: false } }, 40, bad)
    run()
    await clock.pass(5_000)
    expect(world.campaign).toMatchObject({ state: 'stopped', reason: '1 of 4 failed', endedAt: expect.any(Number) })
    expect(world.progress()).toMatchObject({ waiting: 36, succeeded: 3, failed: 1 })
  })

  it('waits for a person where the canary needs a go, or has reached nobody', async () => {
    const held = campaign({ canary: { of: { count: 2 }, needsGo: true } }, 10)
    held.run()
    await held.clock.pass(5_000)
    expect([held.world.campaign.state, held.world.campaign.reason]).toEqual(['awaitingGo', 'the canary is over'])
    expect(await held.ask('continue')).toEqual({ granted: true })
    await held.clock.pass(3_000)
    expect(held.world.campaign.state).toBe('done')

    const silent = campaign({ canary: { of: { count: 2 }, needsGo: false } }, 10, () => ({
      outcome: 'notDelivered',
      afterMs: 0,
    }))
    silent.run()
    await silent.clock.pass(5_000)
    expect([silent.world.campaign.state, silent.world.campaign.reason]).toEqual([
      'awaitingGo',
      'no charge point of the canary was reached',
    ])
    expect(await silent.ask('cancel')).toEqual({ granted: true })
    await silent.clock.pass(2_000)
    expect(silent.world.campaign.state).toBe('cancelled')
  })

  it('S-27: stops when too much fails, takes back what was not sent, and ends when the rest is over', async () => {
    const fails = (identity: string): Answer => ({
      outcome: Number(identity.slice(3)) % 3 === 0 ? 'callError' : 'succeeded',
      afterMs: 200,
    })
    const { clock, world, run } = campaign({}, 200, fails)
    run()
    await clock.pass(10_000)
    const { waiting, ordered, succeeded, failed } = world.progress()
    expect(world.campaign.state).toBe('stopped')
    expect(ordered).toBe(0)
    expect(succeeded + failed).toBe(world.written.length)
    expect(waiting).toBe(200 - world.written.length)
    // the rule is looked at twice a second: not more than a second of orders beyond the fifth outcome
    expect(world.written.length).toBeLessThanOrEqual(5 + 0.7 * 20 + 2)
  })

  it('orders nobody while it is paused, and goes on at its pace', async () => {
    const { clock, world, run, ask } = campaign({}, 60)
    run()
    await clock.pass(1_000)
    expect(await ask('pause')).toEqual({ granted: true })
    const { length } = world.written
    await clock.pass(60_000)
    expect([world.campaign.state, world.written.length]).toEqual(['paused', length])
    expect(await ask('pause')).toEqual({
      granted: false,
      because: 'the campaign is paused: only one that is running can be paused',
    })
    expect(await ask('resume')).toEqual({ granted: true })
    await clock.pass(5_000)
    expect([world.campaign.state, world.written.length]).toEqual(['done', 60])
    expect(mostInSecond(world.written.map(({ at }) => at))).toBeLessThanOrEqual(22)
  })

  it('orders those again that were not reached, once they are, until its end', async () => {
    const back = (identity: string, nth: number): Answer =>
      identity === 'CP-0' && nth < 3 ? { outcome: 'notDelivered', afterMs: 0 } : succeeds
    const gone = (identity: string): Answer => (identity === 'CP-0' ? { outcome: 'expired', afterMs: 0 } : succeeds)
    const reached = campaign({ retryOffline: true, endAt: start + 3_600_000 }, 10, back)
    reached.run()
    await reached.clock.pass(120_000)
    expect(reached.world.campaign.state).toBe('done')
    expect(reached.world.progress()).toMatchObject({ succeeded: 10, notReached: 0 })
    const never = campaign({ retryOffline: true, endAt: start + 100_000 }, 10, gone)
    never.run()
    await never.clock.pass(99_000)
    expect(never.world.campaign.state).toBe('running')
    await never.clock.pass(10_000)
    expect(never.world.campaign.state).toBe('done')
    expect(never.world.progress()).toMatchObject({ succeeded: 9, notReached: 1, failed: 0 })
  })

  it('is over at its end, whatever is left', async () => {
    const { clock, world, run } = campaign({ ratePerS: 1, endAt: start + 5_000 }, 20)
    run()
    await clock.pass(10_000)
    expect(world.campaign).toMatchObject({ state: 'stopped', reason: 'its time was over' })
    expect(world.written.length).toBeLessThanOrEqual(6)
  })

  it('waits for its hours', async () => {
    const { clock, world, run } = campaign({ window: { from: 13 * 60, to: 14 * 60 } }, 10)
    run()
    await clock.pass(3_590_000)
    expect(world.written.length).toBe(0)
    await clock.pass(20_000)
    expect([world.campaign.state, world.written.length]).toEqual(['done', 10])
  })

  it('INV-48: of a process that dies after the commit, is sent by the next, and nothing twice', async () => {
    const { clock, world, run } = campaign({ jitter: 0 }, 40)
    const first = run()
    await clock.pass(700)
    first.stop()
    const sent = world.written.length
    expect(world.targets.filter(({ command }) => command?.state === 'queued').length).toBeGreaterThan(5)
    run()
    await clock.pass(30_000)
    expect(sent).toBeLessThan(40)
    expect([world.campaign.state, world.written.length]).toEqual(['done', 40])
    expect(new Set(world.written.map(({ identity }) => identity)).size).toBe(40)
  })
})

describe('whatever happens to a campaign', () => {
  const outcomes = commandOutcomes.filter((outcome) => outcome !== 'expired')
  const answers = fc.array(
    fc.record({
      outcome: fc.oneof(
        { weight: 8, arbitrary: fc.constant<CommandOutcome>('succeeded') },
        { weight: 2, arbitrary: fc.constantFrom(...outcomes) },
      ),
      afterMs: fc.integer({ min: 0, max: 4_000 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  const plans = fc.record(
    {
      ratePerS: fc.integer({ min: 2, max: 40 }),
      jitter: fc.constantFrom(0, 0.5, 1),
      stopRule: fc.record({
        failureShare: fc.constantFrom(0, 0.05, 0.1, 0.3, 1),
        atLeast: fc.integer({ min: 1, max: 10 }),
      }),
      canary: fc.record({
        of: fc.oneof(
          fc.record({ share: fc.constantFrom(0.1, 0.5, 1) }),
          fc.record({ count: fc.integer({ min: 1, max: 9 }) }),
        ),
        needsGo: fc.boolean(),
      }),
      endAt: fc.integer({ min: 1_000, max: 40_000 }).map((ms) => start + ms),
      retryOffline: fc.boolean(),
    },
    { requiredKeys: ['ratePerS', 'jitter', 'stopRule', 'retryOffline'] },
  )
  const happenings = fc.array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 3_000 }),
      what: fc.constantFrom(
        'crash',
        'second runner',
        'lost commit',
        'pause',
        'resume',
        'continue',
        'cancel',
        'nothing',
      ),
    }),
    { maxLength: 10 },
  )

  it('S-27 INV-48: each is ordered once, no second holds more than its share, the canary comes first, and the rule is exact', async () => {
    await fc.assert(
      fc.asyncProperty(plans, answers, happenings, async (plan, given, happened) => {
        const { retryOffline, ...rest } = plan
        const whole = { ...rest, retryOffline, ...(retryOffline && { endAt: plan.endAt ?? start + 40_000 }) }
        const { clock, world, run, ask, loseCommit } = campaign(
          whole as Partial<CampaignPlan>,
          given.length,
          (identity) => given[Number(identity.slice(3))] ?? succeeds,
        )
        const { plan: full } = world.campaign
        let runners = [run()]
        const pass = async (ms: number): Promise<void> => {
          await clock.pass(ms)
          const { targets, waiting, ordered, succeeded, failed, notReached } = world.progress()
          expect(waiting + ordered + succeeded + failed + notReached).toBe(targets)
        }
        for (const { afterMs, what } of happened) {
          await pass(afterMs)
          if (what === 'crash') {
            for (const runner of runners) runner.stop()
            runners = [run()]
          } else if (what === 'second runner') runners.push(run())
          else if (what === 'lost commit') loseCommit()
          else if (what !== 'nothing') await ask(what)
        }
        for (let i = 0; i < 60 && !world.isOver; i++) {
          if (world.waitsForPerson && i % 5 === 4)
            await ask(world.campaign.state === 'awaitingGo' ? 'continue' : 'resume')
          await pass(2_000)
        }
        for (const runner of runners) runner.stop()

        expect(world.isOver).toBe(true)
        expect(world.progress().ordered).toBe(0)
        const named = world.written.map(({ identity }) => identity)
        expect(new Set(named).size).toBe(named.length)
        expect(mostInSecond(world.written.map(({ at }) => at))).toBeLessThanOrEqual(Math.ceil(full.ratePerS) + 2)

        const size = canarySize(full, given.length)
        const began = world.states.find(({ state }) => state === 'running')
        const tried = full.canary === undefined ? [] : named.slice(0, began?.written)
        expect(tried.filter((identity) => Number(identity.slice(3)) >= size)).toEqual([])

        for (const { from, progress, to } of world.looks) {
          if (from !== 'canary' && from !== 'running') continue
          const isBroken = isTripped(full.stopRule, progress) || (from === 'canary' && judged(full, progress) === 'bad')
          const isLate = full.endAt !== undefined && to === 'stopping' && progress.waiting + progress.lost > 0
          expect([from, progress, to === 'stopping']).toEqual([from, progress, isBroken || isLate])
        }
        if (world.campaign.state !== 'done') return
        const end = world.progress()
        expect([end.waiting, isTripped(full.stopRule, end)]).toEqual([0, false])
      }),
      { numRuns: 200, seed: 7 },
    )
  }, 60_000)
})
