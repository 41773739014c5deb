import { describe, expect, it } from 'vitest'
import { Wheel } from '../../actors/wheel.ts'
import { TestClock } from '../support/clock.ts'

const turning = () => {
  const clock = new TestClock()
  const fired: string[] = []
  const wheel = new Wheel(clock, clock)
  const after = (ms: number): (() => void) => wheel.after(ms, () => void fired.push(`${ms}`))
  return { clock, fired, wheel, after }
}

describe('the timer wheel of a worker', () => {
  it('fires in the order in which things are due, whatever the order in which they were asked for', async () => {
    const { clock, fired, after } = turning()
    for (const ms of [900, 200, 60_000, 500, 300]) after(ms)
    await clock.pass(1_000)
    expect(fired).toEqual(['200', '300', '500', '900'])
  })

  it('never fires before its time, and within one tick behind it', async () => {
    const { clock, fired, after } = turning()
    await clock.pass(30)
    after(200)
    await clock.pass(199)
    expect(fired).toEqual([])
    await clock.pass(101)
    expect(fired).toEqual(['200'])
  })

  it('fires nothing that was taken back, and all else of the same tick', async () => {
    const { clock, fired, after } = turning()
    const takeBack = after(210)
    after(220)
    takeBack()
    await clock.pass(1_000)
    expect(fired).toEqual(['220'])
  })

  it('goes on with what one of them asks for', async () => {
    const { clock, fired, wheel, after } = turning()
    wheel.after(200, () => after(400))
    after(210)
    await clock.pass(2_000)
    expect(fired).toEqual(['210', '400'])
  })
})
