import { describe, expect, it } from 'vitest'
import { Gate } from '../../actors/gate.ts'
import { settled, TestClock } from '../support/clock.ts'

/** So many go in before anybody must wait. */
const atOnce = 500

/** A gate whose machine is pressed as hard as the test says; `said` holds who was let in or sent away, in order. */
const gateUnder = (start: number) => {
  const clock = new TestClock()
  let pressure = start
  const gate = new Gate({ clock, timers: clock, pressure: () => pressure })
  const said: string[] = []
  const come = (name: string, { tenant = 'default', isCharging = false } = {}): void =>
    void gate.enter(tenant, isCharging).then((isIn) => {
      said.push(`${name} ${isIn ? 'in' : 'later'}`)
      if (isIn) gate.leave()
    })
  /** A gate before which everybody must wait for now. */
  const crowd = async (): Promise<void> => {
    for (let i = 0; i < atOnce; i++) come('one of a crowd')
    await settled()
    said.length = 0
  }
  return { clock, gate, said, come, crowd, press: (to: number) => (pressure = to) }
}

describe('the gate', () => {
  it('lets everybody in at once where no crowd comes', async () => {
    const { said, come } = gateUnder(0)
    for (let i = 0; i < atOnce; i++) come(String(i))
    await settled()
    expect(said.filter((line) => line.endsWith(' in')).length).toBe(atOnce)
  })

  /** How many of a crowd are let in within a second, after the machine has been pressed so hard for 10 s. */
  const letInWithin = async (pressure: number): Promise<number> => {
    const { clock, said, come } = gateUnder(pressure)
    for (let i = 0; i < 100; i++) {
      await clock.pass(100)
      come(`before ${i}`)
    }
    said.length = 0
    for (let i = 0; i < 8_000; i++) come(String(i))
    await clock.pass(1_000)
    return said.filter((line) => line.endsWith(' in')).length
  }

  it('D-19: lets in fewer a second the harder it is pressed, but never nobody', async () => {
    expect(await letInWithin(0)).toBeGreaterThanOrEqual(8_000)
    const few = await letInWithin(10)
    expect(few).toBeGreaterThan(500)
    expect(few).toBeLessThan(700)
  })

  it('tells at once whoever would wait for more than 10 s at the rate that it goes', async () => {
    const { clock, said, come, gate } = gateUnder(10)
    for (let i = 0; i < 15_000; i++) come(String(i))
    await clock.pass(3_000)
    expect(said.filter((line) => line.endsWith(' later')).length).toBeGreaterThan(4_000)
    expect(gate.waiting).toBeGreaterThan(4_000)
    expect(gate.waiting).toBeLessThan(8_000)
    await clock.pass(20_000)
    expect(gate.waiting).toBe(0)
  })

  it('D-19: of those who wait, stations with a session come first, then tenants by turns', async () => {
    const { clock, said, come, crowd } = gateUnder(0)
    await crowd()
    for (const name of ['a1', 'a2', 'a3']) come(name, { tenant: 'a' })
    come('b1', { tenant: 'b' })
    come('charging', { tenant: 'a', isCharging: true })
    await clock.pass(200)
    expect(said).toEqual(['charging in', 'a1 in', 'b1 in', 'a2 in', 'a3 in'])
  })

  it('INV-61: sends away who comes when 20,000 wait, the last of the longest queue for another tenant or a session', async () => {
    const { said, come, crowd } = gateUnder(10)
    await crowd()
    for (let i = 0; i < 20_000; i++) come(`a${i}`, { tenant: 'a' })
    come('one more', { tenant: 'a' })
    await settled()
    expect(said).toEqual(['one more later'])
    come('b', { tenant: 'b' })
    come('charging', { tenant: 'a', isCharging: true })
    await settled()
    expect(said.slice(1)).toEqual(['a19999 later', 'a19998 later'])
  })

  it('gives appointments: each after the one before, as far apart as it goes, and none further than half a minute', async () => {
    const { clock, gate, come, crowd } = gateUnder(10)
    expect(gate.appointment()).toBe(1)
    await crowd()
    for (let i = 0; i < 8_000; i++) come(String(i))
    await clock.pass(3_000)
    const first = gate.appointment()
    const next = Array.from({ length: 5_000 }, () => gate.appointment())
    expect(first).toBeGreaterThan(5)
    expect(next).toEqual(next.toSorted((a, b) => a - b))
    // about five hundred a second are let in by now
    expect((next.at(-1) ?? 0) - first).toBeGreaterThan(6)
    expect((next.at(-1) ?? 0) - first).toBeLessThan(12)
    const far = Array.from({ length: 100_000 }, () => gate.appointment())
    expect(Math.max(...far)).toBe(30)
    expect(far.filter((s) => s > 20 && s <= 25).length).toBeGreaterThan(20_000)
  })

  it('asks stations to speak less often while others wait, up to a quarter', async () => {
    const { gate, come, crowd, press } = gateUnder(50)
    expect(gate.stretch).toBe(1)
    await crowd()
    come('a')
    const stretches = [0.3, 2, 50].map((pressure) => (press(pressure), gate.stretch))
    expect(stretches).toEqual([1, 2, 4])
  })
})
