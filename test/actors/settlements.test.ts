import { describe, expect, it } from 'vitest'
import { decide } from '../../actors/settlement/decide.ts'
import { SettlementRunner } from '../../actors/settlements.ts'
import type { SettlementRuns } from '../../core/ports/settlement.ts'
import { notBegun, type RunEvent, type SettlementRun } from '../../core/settlement/run.ts'
import { TestClock } from '../support/clock.ts'
import { silence } from '../support/quiet.ts'

const run = (over: Partial<SettlementRun> = {}): SettlementRun => ({
  tenant: 'default',
  month: '2026-11',
  state: 'queued',
  progress: notBegun,
  createdAt: 0,
  changedAt: 0,
  ...over,
})
const story: readonly RunEvent[] = [
  { type: 'begun', documents: 1_500 },
  { type: 'posted', posted: 1_000, left: true },
  { type: 'posted', posted: 1_500, left: false },
  { type: 'charged', fees: 200, left: true },
  { type: 'charged', fees: 7, left: false },
  { type: 'sealed', sealed: 1_000, vouchers: 1_707, left: true },
  { type: 'sealed', sealed: 707, vouchers: 1_707, left: false },
]

describe('a settlement run', () => {
  it('goes from what is left to post to its digest, lets nothing in before it charges, and is closed once', () => {
    let now = run()
    const told: unknown[] = []
    for (const event of story) {
      const change = decide(now, event, 7)
      if (change === undefined) throw new Error(`${now.state} makes nothing of ${event.type}`)
      now = change.run
      told.push([now.state, change.shuts, change.closes])
    }
    expect(told).toEqual([
      ['posting', false, false],
      ['posting', false, false],
      ['fees', true, false],
      ['fees', false, false],
      ['closing', false, false],
      ['closing', false, false],
      ['closed', false, true],
    ])
    expect(now.progress).toEqual({ documents: 1_500, posted: 1_500, fees: 207, vouchers: 1_707, sealed: 1_707 })
  })

  it('makes nothing of what does not belong to its state, and forgets why it waited when it goes on', () => {
    for (const event of story.slice(1)) expect(decide(run(), event, 0)).toBeUndefined()
    for (const event of story) expect(decide(run({ state: 'closed' }), event, 0)).toBeUndefined()
    expect(decide(run({ fault: 'x' }), story[0] as RunEvent, 0)?.run).not.toHaveProperty('fault')
  })
})

describe('who takes settlement runs further', () => {
  /** A run of three steps, the second of which fails the first time. */
  const stage = () => {
    const clock = new TestClock(0)
    const log: string[] = []
    let [left, fails, due] = [3, 1, 0]
    const runs: SettlementRuns = {
      due: async (at) => (left > 0 && at >= due ? { tenant: 'default', month: '2026-11' } : undefined),
      step: async () => {
        log.push(`step at ${clock.now()}`)
        if (left === 2 && fails-- > 0) throw new Error('the books are away')
        return run({ state: --left === 0 ? 'closed' : 'posting' })
      },
      putOff: async (_, fault, until) => {
        log.push(`${fault}, not before ${until}`)
        due = until
      },
    }
    return { clock, log, runner: new SettlementRunner({ runs, clock, timers: clock, log: silence }) }
  }

  it('does one step after the other, and tells in the run why it has to wait', async () => {
    const { clock, log, runner } = stage()
    runner.start()
    await clock.pass(40_000)
    runner.stop()
    expect(log).toEqual([
      'step at 0',
      'step at 0',
      'Error: the books are away, not before 30000',
      'step at 30000',
      'step at 30000',
    ])
  })
})
