import { describe, expect, it } from 'vitest'
import { Gate } from '../../actors/gate.ts'
import { settled, TestClock } from '../support/clock.ts'

/** A gate whose machine is pressed as hard as the test says; `said` holds who was let in or sent away, in order. */
const gateUnder = (start: number) => {
  const clock = new TestClock()
  let pressure = start
  const gate = new Gate({ clock, timers: clock, pressure: () => pressure })
  const said: string[] = []
  const come = (name: string, { tenant = 'default', isCharging = false } = {}): void =>
    void gate.enter(tenant, isCharging).then((isIn) => said.push(`${name} ${isIn ? 'in' : 'later'}`))
  return { clock, gate, said, come, press: (to: number) => (pressure = to) }
}

describe('the gate', () => {
  it('lets everybody in at once while the machine is at ease', async () => {
    const { said, come } = gateUnder(0)
    for (let i = 0; i < 60; i++) come(String(i))
    await settled()
    expect(said.filter((line) => line.endsWith(' in')).length).toBe(60)
  })

  it('D-19: lets in fewer the harder it is pressed, and more again when that is over', async () => {
    const { clock, gate, said, come, press } = gateUnder(2)
    for (let i = 0; i < 30; i++) {
      await clock.pass(100)
      come(`at once ${i}`)
      await settled()
      gate.leave()
    }
    said.length = 0
    for (let i = 0; i < 10; i++) come(String(i))
    await settled()
    expect(said).toEqual(['0 in', '1 in'])
    press(0)
    await clock.pass(2_000)
    expect(said.length).toBe(10)
  })

  it('lets nobody in while it is pressed far too hard, and tells them after 5 s to come later', async () => {
    const { clock, said, come } = gateUnder(10)
    come('a')
    await clock.pass(4_900)
    expect(said).toEqual([])
    await clock.pass(200)
    expect(said).toEqual(['a later'])
  })

  it('D-19: of those who wait, stations with a session come first, then tenants by turns', async () => {
    const { clock, said, come, press } = gateUnder(10)
    for (const name of ['a1', 'a2', 'a3']) come(name, { tenant: 'a' })
    come('b1', { tenant: 'b' })
    come('charging', { tenant: 'a', isCharging: true })
    press(0)
    await clock.pass(200)
    expect(said).toEqual(['charging in', 'a1 in', 'b1 in', 'a2 in', 'a3 in'])
  })

  it('INV-61: sends away who comes when a thousand wait, the last of the longest queue for another tenant or a session', async () => {
    const { said, come } = gateUnder(10)
    for (let i = 0; i < 1_000; i++) come(`a${i}`, { tenant: 'a' })
    come('one more', { tenant: 'a' })
    await settled()
    expect(said).toEqual(['one more later'])
    come('b', { tenant: 'b' })
    come('charging', { tenant: 'a', isCharging: true })
    await settled()
    expect(said.slice(1)).toEqual(['a999 later', 'a998 later'])
  })

  it('says to come again when those who wait will be through, and within half a minute', async () => {
    const { clock, gate, come } = gateUnder(0)
    expect(gate.comeAgainS).toBe(1)
    for (let i = 0; i < 1_000; i++) come(String(i))
    await settled()
    const waited = gate.waiting
    // one every 10 ms goes through: a hundred a second
    for (let i = 0; i < 200; i++) {
      await clock.pass(10)
      gate.leave()
    }
    expect(gate.waiting).toBeLessThan(waited)
    expect(gate.comeAgainS).toBeGreaterThanOrEqual(5)
    expect(gate.comeAgainS).toBeLessThanOrEqual(15)
  })

  it('asks stations to speak less often while others wait, up to a quarter', () => {
    const { gate, come, press } = gateUnder(50)
    expect(gate.stretch).toBe(1)
    come('a')
    const stretches = [0.3, 2, 50].map((pressure) => (press(pressure), gate.stretch))
    expect(stretches).toEqual([1, 2, 4])
  })
})
