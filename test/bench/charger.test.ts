import { afterEach, describe, expect, it } from 'vitest'
import { Charger } from '../../bench/charger/charger.ts'
import type { ChargerOptions } from '../../bench/charger/options.ts'
import { outlets } from '../../bench/power.ts'
import { chance } from '../../bench/random.ts'
import { TestClock } from '../support/clock.ts'
import { FakeServer } from '../support/fake-server.ts'

const stations: { charger: Charger; server: FakeServer; clock: TestClock }[] = []

const station = async (options: Partial<ChargerOptions> = {}) => {
  const clock = new TestClock()
  const server = new FakeServer()
  const charger = new Charger({
    url: 'ws://fake/ocpp',
    identity: 'CP-1',
    password: 'a-password-of-the-station',
    connectors: 2,
    outlet: outlets[0]!,
    tokens: ['CARD1'],
    chance: chance(1),
    sessionS: [20, 40],
    pauseS: [1, 2],
    meterEveryS: 5,
    speed: 1,
    offline: 0,
    backlog: 0,
    autonomous: false,
    time: clock,
    dial: server.dial,
    ...options,
  })
  stations.push({ charger, server, clock })
  charger.start()
  await clock.pass(100)
  return { clock, server, charger }
}

afterEach(() => {
  const faults = stations.splice(0).flatMap(({ charger, server }) => {
    charger.stop()
    return server.faults
  })
  expect(faults).toEqual([])
})

describe('x', () => {
  it('boots', async () => {
    const { server, clock } = await station()
    expect(server.said).toEqual([])
    await clock.pass(10)
  })
})
