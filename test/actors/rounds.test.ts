import { describe, expect, it } from 'vitest'
import { Rounds } from '../../actors/rounds.ts'
import { TestClock } from '../support/clock.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }

/** Rounds a second apart, and how many there were. */
const opened = (round: () => Promise<number> = async () => 1_000) => {
  const clock = new TestClock()
  let count = 0
  const rounds = new Rounds({
    timers: clock,
    log,
    failed: 'a round failed',
    afterFailureMs: 5_000,
    async round() {
      count++
      return round()
    },
  })
  return { rounds, clock, count: () => count }
}

describe('rounds', () => {
  it('come one after the other, as long apart as each says', async () => {
    const { rounds, clock, count } = opened()
    rounds.start()
    await clock.pass(2_500)
    expect(count()).toBe(3)
  })

  it('that are hurried begin at once, and go on as before', async () => {
    const { rounds, clock, count } = opened()
    rounds.start()
    await clock.pass(1)
    rounds.hurry()
    await clock.pass(1)
    const hurried = count()
    await clock.pass(900)
    expect([hurried, count()]).toEqual([2, 2])
  })

  it('hurried in the middle of one are followed by another at once', async () => {
    let hurry = (): void => {}
    const { rounds, clock, count } = opened(async () => {
      hurry()
      hurry = () => {}
      return 1_000
    })
    hurry = () => rounds.hurry()
    rounds.start()
    await clock.pass(10)
    expect(count()).toBe(2)
  })

  it('that are stopped are hurried by nobody', async () => {
    const { rounds, clock, count } = opened()
    rounds.start()
    await clock.pass(1)
    rounds.stop()
    rounds.hurry()
    await clock.pass(5_000)
    expect(count()).toBe(1)
  })
})
