import { afterEach, expect } from 'vitest'
import { Charger } from '../../bench/charger/charger.ts'
import type { ChargerOptions } from '../../bench/charger/options.ts'
import type { Plug } from '../../bench/charger/plug.ts'
import { type Outlet, outlets } from '../../bench/power.ts'
import { chance } from '../../bench/random.ts'
import { TestClock } from './clock.ts'
import { FakeServer } from './fake-server.ts'

export interface Simulated {
  readonly charger: Charger
  readonly server: FakeServer
  readonly clock: TestClock
  /** The first connector. */
  readonly plug: Plug
}

export const outlet = (name: Outlet['name']): Outlet => {
  const found = outlets.find((one) => one.name === name)
  if (found === undefined) throw new Error(`there is no outlet ${name}`)
  return found
}

const running: Simulated[] = []

/** A simulated charge point, by a clock of the test, on a server of a few lines; it has booted. */
export const simulated = async (
  options: Partial<ChargerOptions> = {},
  prepare: (server: FakeServer) => void = () => {},
): Promise<Simulated> => {
  const clock = new TestClock()
  const server = new FakeServer()
  prepare(server)
  const charger = new Charger({
    url: 'ws://fake/ocpp',
    identity: 'CP-1',
    password: 'a-password-of-the-station',
    connectors: 2,
    outlet: outlet('AC 11 kW'),
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
  const [plug] = charger.plugs
  if (plug === undefined) throw new Error('a charge point without a connector')
  const one = { charger, server, clock, plug }
  running.push(one)
  charger.start()
  await clock.pass(100)
  return one
}

/** Whatever a test is about: everything its stations said and answered was as the schemas have it. */
export const keepsToTheSchemas = (): void =>
  afterEach(() => {
    const faults = running.splice(0).flatMap(({ charger, server }) => {
      charger.stop()
      return [...server.faults, ...charger.books.problems]
    })
    expect(faults).toEqual([])
  })

export const inS = ({ clock }: Simulated, seconds: number): string =>
  new Date(clock.now() + seconds * 1_000).toISOString()

/** Statuses of a connector that the server has heard, oldest first. */
export const statuses = ({ server }: Simulated, connectorId = 1): readonly unknown[] =>
  server
    .of('StatusNotification')
    .filter((one) => one['connectorId'] === connectorId)
    .map((one) => one['status'])

/** Keys and files take their own time, which no clock of a test can hurry; the station's own goes on ten times as fast. */
export const eventually = async ({ clock }: Pick<Simulated, 'clock'>, isSo: () => boolean): Promise<void> => {
  for (let i = 0; i < 2_000; i++) {
    if (isSo()) return
    await new Promise((go) => setTimeout(go, 5))
    await clock.pass(50)
  }
  throw new Error('it did not come about')
}
