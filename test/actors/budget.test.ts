import { describe, expect, it } from 'vitest'
import { Budget } from '../../actors/budget.ts'
import { TestClock } from '../support/clock.ts'

describe('a budget by name', () => {
  it('does not look through all names for each new one: the story of a fleet that came back at once, ever more slowly', () => {
    let looks = 0
    const clock = new TestClock()
    const counting = { now: () => clock.now(), monotonic: () => (looks++, clock.monotonic()) }
    const budget = new Budget(counting, 20)
    for (let i = 0; i < 40_000; i++) budget.spend(`CP-${i}`)
    // a few for each name, where it was ten thousand
    expect(looks).toBeLessThan(40_000 * 8)
  })

  it('forgets whoever has recovered, and remembers whoever has not', async () => {
    const clock = new TestClock()
    const budget = new Budget(clock, 1)
    for (let i = 0; i < 9_000; i++) budget.spend(`early ${i}`)
    await clock.pass(120_000)
    for (let i = 0; i < 2_000; i++) budget.spend(`late ${i}`)
    expect([budget.isExhausted('early 1'), budget.isExhausted('late 1')]).toEqual([false, true])
  })
})
