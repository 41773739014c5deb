import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Campaign,
  type CampaignPlan,
  canarySize,
  expectedEnd,
  isTripped,
  judged,
  nextLookAt,
  progressOf,
  refusalOf,
  roomFor,
} from '../../../core/domain/campaign.ts'
import { commandOutcomes } from '../../../core/domain/command.ts'
import { doneAt, isOpen, layOut, mostJitterMs, momentOf, opensAt, type Pace } from '../../../core/domain/pace.ts'

const plan: CampaignPlan = {
  order: { type: 'reset', kind: 'soft' },
  deadlineMs: 60_000,
  ratePerS: 50,
  jitter: 1,
  stopRule: { failureShare: 0.02, atLeast: 50 },
  retryOffline: false,
  startAt: 0,
}
const noon = Date.UTC(2026, 10, 24, 12)
const hour = 3_600_000
const stand = (waiting: number, ordered: number, byOutcome: object = {}, lost = 0) =>
  progressOf({ waiting, ordered, lost, byOutcome })

/** The most that fall into any one second. */
const mostInSecond = (moments: readonly number[]): number => {
  const inOrder = moments.toSorted((a, b) => a - b)
  let [from, most] = [0, 0]
  for (const [i, moment] of inOrder.entries()) {
    while ((inOrder[from] ?? moment) <= moment - 1_000) from++
    most = Math.max(most, i - from + 1)
  }
  return most
}

describe('the pace of a campaign', () => {
  const rates = fc.integer({ min: 1, max: 30_000 }).map((n) => n / 100)

  it('S-27: lays no more orders into any second than its rate, however often and late it is looked at', () => {
    fc.assert(
      fc.property(
        rates,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 2_000 })), { maxLength: 30 }),
        (rate, jitter, looks) => {
          let [at, pace]: [number, Pace | undefined] = [noon, undefined]
          const laid: number[] = []
          for (const [passed, most] of looks) {
            at += passed
            const { moments, pace: next } = layOut(pace, rate, at, most)
            expect(moments.length).toBeLessThanOrEqual(most)
            expect(moments[0] ?? at).toBeGreaterThanOrEqual(at)
            laid.push(...moments)
            pace = next
          }
          expect(laid).toEqual(laid.toSorted((a, b) => a - b))
          expect(mostInSecond(laid)).toBeLessThanOrEqual(Math.ceil(rate) + 1)
          const late = laid.map((moment, i) => moment + (i % 2) * mostJitterMs(rate, jitter))
          expect(mostInSecond(late)).toBeLessThanOrEqual(Math.ceil(rate) + 2)
        },
      ),
      { numRuns: 200, seed: 7 },
    )
  })

  it('is kept exactly when it is looked at every half second', () => {
    let pace: Pace | undefined
    const laid: number[] = []
    for (let at = noon; at < noon + 60_000; at += 500) {
      const { moments, pace: next } = layOut(pace, 7, at, 1_000)
      laid.push(...moments)
      pace = next
    }
    expect(laid.filter((moment) => moment < noon + 60_000).length).toBe(7 * 60)
    expect(momentOf({ from: noon, count: 7 * 60 }, 7)).toBe(noon + 60_000)
  })

  it('does not make up for what was missed', () => {
    const { pace } = layOut(undefined, 10, noon, 10)
    const { moments } = layOut(pace, 10, noon + hour, 1_000)
    expect([moments.length, moments[0]]).toEqual([10, noon + hour])
  })
})

describe('the hours of a campaign', () => {
  const night = { from: 22 * 60, to: 6 * 60 }

  it('may go over midnight', () => {
    expect([21, 22, 23, 24, 29, 30].map((h) => isOpen(night, noon + (h - 12) * hour))).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
    ])
    expect(opensAt(night, noon)).toBe(noon + 10 * hour)
    expect(opensAt(night, noon + 11 * hour)).toBe(noon + 11 * hour)
  })

  it('are the only ones in which work is done', () => {
    expect(doneAt(2 * hour, noon, night)).toBe(noon + 12 * hour)
    expect(doneAt(8 * hour, noon, night)).toBe(noon + 18 * hour)
    expect(doneAt(9 * hour, noon, night)).toBe(noon + 35 * hour)
    // begun in the middle of a night: four hours of it, then the next one
    expect(doneAt(5 * hour, noon + 14 * hour, night)).toBe(noon + 35 * hour)
    expect(doneAt(hour, noon, undefined)).toBe(noon + hour)
  })

  it('agree with themselves, whatever window and moment', () => {
    const minutes = fc.integer({ min: 0, max: 1_439 })
    fc.assert(
      fc.property(
        minutes,
        minutes,
        fc.integer({ min: 0, max: 4e12 }),
        fc.integer({ min: 1, max: 3e8 }),
        (from, to, at, work) => {
          fc.pre(from !== to)
          const window = { from, to }
          const opens = opensAt(window, at)
          expect(isOpen(window, opens)).toBe(true)
          if (opens > at) expect(isOpen(window, opens - 1)).toBe(false)
          const done = doneAt(work, at, window)
          // its last millisecond was worked in the open
          expect(isOpen(window, done - 1)).toBe(true)
          expect(done).toBeGreaterThanOrEqual(opens + work)
        },
      ),
      { numRuns: 300, seed: 7 },
    )
  })

  it('let nobody be ordered outside', () => {
    const windowed = { ...plan, window: night }
    expect([
      roomFor('running', windowed, stand(9, 0), noon),
      roomFor('running', windowed, stand(9, 0), noon + 11 * hour),
    ]).toEqual([0, 9])
  })
})

describe('the stop rule of a campaign', () => {
  it('S-27: stops at two in a hundred, not at two in a hundred and one, and not before so many are over', () => {
    const tripped = (succeeded: number, failed: number) => isTripped(plan.stopRule, stand(1, 0, { succeeded, failed }))
    expect([tripped(98, 2), tripped(99, 2), tripped(48, 1), tripped(49, 1), tripped(50, 0)]).toEqual([
      true,
      false,
      false,
      true,
      false,
    ])
  })

  it('is the share in decimals, exactly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 0, max: 1_000 }),
        (succeeded, failed, thousandths) => {
          const rule = { failureShare: thousandths / 1_000, atLeast: 1 }
          expect(isTripped(rule, stand(0, 0, { succeeded, failed }))).toBe(
            failed > 0 && failed * 1_000 >= thousandths * (succeeded + failed),
          )
        },
      ),
      { numRuns: 1_000, seed: 7 },
    )
  })

  it('does not count those that were never reached', () => {
    expect(
      isTripped({ failureShare: 0.1, atLeast: 1 }, stand(0, 0, { notDelivered: 50, expired: 50, succeeded: 1 })),
    ).toBe(false)
    expect(
      progressOf({
        waiting: 1,
        ordered: 2,
        lost: 0,
        byOutcome: { notDelivered: 3, expired: 4, succeeded: 5, callError: 6 },
      }),
    ).toMatchObject({
      targets: 21,
      notReached: 7,
      succeeded: 5,
      failed: 6,
    })
  })

  it('files every outcome in one place: they add up to the targets', () => {
    const counts = fc.record(Object.fromEntries(commandOutcomes.map((outcome) => [outcome, fc.nat(9)])))
    fc.assert(
      fc.property(fc.nat(9), fc.nat(9), counts, (waiting, ordered, byOutcome) => {
        const { targets, succeeded, failed, notReached } = stand(waiting, ordered, byOutcome)
        expect(waiting + ordered + succeeded + failed + notReached).toBe(targets)
      }),
    )
  })
})

describe('the canary of a campaign', () => {
  const of = (canary: CampaignPlan['canary'] & object): CampaignPlan => ({ ...plan, canary })

  it('is a share or a number of the targets, at least one and at most all', () => {
    const share = (s: number, n: number) => canarySize(of({ of: { share: s }, needsGo: false }), n)
    expect([share(0.1, 40), share(0.07, 100), share(0.01, 3), share(1, 3)]).toEqual([4, 7, 1, 3])
    expect([3, 9].map((n) => canarySize(of({ of: { count: 5 }, needsGo: false }), n))).toEqual([3, 5])
    expect(canarySize(plan, 40)).toBe(0)
  })

  it('is judged when all of it is over, and as a whole, however small', () => {
    const canary = of({ of: { count: 4 }, needsGo: false })
    expect(judged(canary, stand(38, 2))).toBe('open')
    expect(judged(canary, stand(36, 1, { succeeded: 3 }))).toBe('open')
    expect(judged(canary, stand(36, 0, { succeeded: 4 }))).toBe('good')
    expect(judged(canary, stand(36, 0, { succeeded: 3, rejected: 1 }))).toBe('bad')
    expect(judged(canary, stand(36, 0, { notDelivered: 4 }))).toBe('silent')
    expect(judged(canary, stand(36, 0, { notDelivered: 3, succeeded: 1 }))).toBe('good')
  })

  it('leaves no room beyond it', () => {
    const canary = of({ of: { count: 4 }, needsGo: false })
    expect([0, 3, 4].map((begun) => roomFor('canary', canary, stand(40 - begun, begun), noon))).toEqual([4, 1, 0])
    // an order that was lost takes the place it had
    expect(roomFor('canary', canary, stand(36, 4, {}, 2), noon)).toBe(2)
  })
})

describe('a campaign', () => {
  const campaign = (state: Campaign['state'], more: Partial<CampaignPlan> = {}): Campaign => ({
    id: 'c',
    tenant: 'default',
    name: 'n',
    targets: 100,
    createdAt: 0,
    state,
    plan: { ...plan, ...more },
  })

  it('is looked at again where there is something to do, and else when its end comes', () => {
    expect(nextLookAt(campaign('scheduled', { startAt: noon + hour }), stand(100, 0), noon)).toBe(noon + hour)
    expect(nextLookAt(campaign('running'), stand(100, 0), noon)).toBe(noon + 500)
    expect(nextLookAt(campaign('running', { ratePerS: 0.01 }), stand(100, 0), noon)).toBe(noon + 500)
    expect(
      nextLookAt({ ...campaign('running', { ratePerS: 0.01 }), pace: { from: noon, count: 1 } }, stand(99, 0), noon),
    ).toBe(noon + 99_500)
    expect(nextLookAt(campaign('running'), stand(0, 3), noon)).toBe(noon + 1_000)
    expect(nextLookAt(campaign('running', { retryOffline: true }), stand(0, 0, { notDelivered: 3 }), noon)).toBe(
      noon + 5_000,
    )
    expect(nextLookAt(campaign('paused'), stand(90, 10), noon)).toBe(noon + 1_000)
    expect(nextLookAt(campaign('paused'), stand(90, 0), noon)).toBeUndefined()
    expect(nextLookAt(campaign('awaitingGo', { endAt: noon + hour }), stand(90, 0), noon)).toBe(noon + hour)
    expect(nextLookAt(campaign('awaitingGo', { endAt: noon }), stand(90, 0), noon)).toBeUndefined()
    expect(nextLookAt(campaign('stopping'), stand(90, 10), noon)).toBe(noon + 500)
    expect(nextLookAt(campaign('done'), stand(0, 0), noon)).toBeUndefined()
    const closed = { window: { from: 13 * 60, to: 14 * 60 } }
    expect(nextLookAt(campaign('running', closed), stand(90, 0), noon)).toBe(noon + hour)
    expect(nextLookAt(campaign('running', closed), stand(90, 1), noon)).toBe(noon + 1_000)
  })

  it('says when the last will have been ordered', () => {
    expect(expectedEnd(campaign('running'), stand(100, 0), noon)).toBe(noon + 2_000)
    expect(expectedEnd(campaign('scheduled', { startAt: noon + hour }), stand(100, 0), noon)).toBe(noon + hour + 2_000)
    expect(expectedEnd(campaign('paused'), stand(100, 0), noon)).toBeUndefined()
    expect(expectedEnd(campaign('running'), stand(0, 3), noon)).toBeUndefined()
  })

  it('refuses a wish in a sentence', () => {
    expect(refusalOf('pause', 'done')).toBe('the campaign is done: only one that is running can be paused')
    expect(refusalOf('resume', 'running')).toBe('the campaign is running: only one that is paused can be resumed')
  })
})
