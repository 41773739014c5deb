import { afterEach, expect } from 'vitest'
import type { Evse } from '../../bench/station/evse.ts'
import type { StationOptions } from '../../bench/station/options.ts'
import { Station } from '../../bench/station/station.ts'
import { chance } from '../../bench/random.ts'
import type { Protocol2 } from '../../core/ocpp/version.ts'
import { TestClock } from './clock.ts'
import { FakeServer } from './fake-server.ts'
import { outlet } from './simulated.ts'

export interface Stationed {
  readonly station: Station
  readonly server: FakeServer
  readonly clock: TestClock
  /** The first EVSE. */
  readonly evse: Evse
}

export const newer: readonly Protocol2[] = ['ocpp2.0.1', 'ocpp2.1']

const running: Stationed[] = []

/** A simulated station of 2.x, by a clock of the test, on a server of a few lines; it has booted. */
export const stationed = async (
  options: Partial<StationOptions> = {},
  prepare: (server: FakeServer) => void = () => {},
): Promise<Stationed> => {
  const { protocol = 'ocpp2.0.1' } = options
  const clock = new TestClock()
  const server = new FakeServer(protocol)
  prepare(server)
  const station = new Station({
    url: 'ws://fake/ocpp',
    identity: 'CS-1',
    password: 'a-password-of-the-station',
    protocol,
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
  const [evse] = station.evses
  if (evse === undefined) throw new Error('a station without an EVSE')
  const one = { station, server, clock, evse }
  running.push(one)
  station.start()
  await clock.pass(100)
  return one
}

/** Whatever a test is about: everything its stations said and answered was as the schemas have it. */
export const stationsKeepToTheSchemas = (): void =>
  afterEach(() => {
    const faults = running.splice(0).flatMap(({ station, server }) => {
      station.stop()
      return [...server.faults, ...station.books.problems]
    })
    expect(faults).toEqual([])
  })

/** How a transaction was told, event by event: its type, why, and the state of the charge. */
export const toldEvents = ({ server }: Stationed): readonly (readonly [unknown, unknown, unknown])[] =>
  server.of('TransactionEvent').map(({ eventType, triggerReason, transactionInfo }) => {
    const { chargingState } = transactionInfo as { readonly chargingState?: string }
    return [eventType, triggerReason, chargingState]
  })
