import type { Clock } from '../../core/ports/clock.ts'
import type { Timers } from '../../core/ports/timers.ts'
import type { Outlet } from '../power.ts'
import type { Chance } from '../random.ts'
import type { connect } from '../wire.ts'
import type { Chaos } from './chaos/chaos.ts'

/** The station's own clock; a test hands in one that stands until it is told to go on. */
export type Time = Pick<Clock, 'now'> & Pick<Timers, 'after'>

export interface ChargerOptions {
  readonly url: string
  readonly identity: string
  readonly password: string
  readonly connectors: number
  /** Of the SIM card that it is connected by, as its modem reports it. */
  readonly iccid?: string
  readonly outlet: Outlet
  readonly tokens: readonly string[]
  readonly chance: Chance
  /** How long a session lasts, in seconds. */
  readonly sessionS: readonly [number, number]
  readonly pauseS: readonly [number, number]
  readonly meterEveryS: number
  /** How much faster than real the energy flows, so that a session of half a minute is worth looking at. */
  readonly speed: number
  /** Share of sessions during which the network is away for a while. */
  readonly offline: number
  /** Sessions from hours ago that wait in the queue at the start. */
  readonly backlog: number
  /** Whether cars come by themselves; a test may want to send them. */
  readonly autonomous: boolean
  readonly retryMs?: number
  readonly timeoutMs?: number
  readonly attempts?: number
  /** After how long somebody plugs the cable in that a remote start asks for; absent = 200 ms, Infinity = nobody does. */
  readonly cableMs?: number
  /** How badly it behaves; absent = as the specification has it. */
  readonly chaos?: Chaos
  /** Absent = the machine's. */
  readonly time?: Time
  /** How it gets a socket; absent = over the network. */
  readonly dial?: typeof connect
}

const longestTimer = 2 ** 31 - 1

/** The machine's clock, with timers that may also be years ahead: a reservation may. */
export const machineTime: Time = {
  now: () => Date.now(),
  after(ms, then) {
    let timer: ReturnType<typeof setTimeout>
    const wait = (left: number): void => {
      timer = setTimeout(() => (left > longestTimer ? wait(left - longestTimer) : then()), Math.min(left, longestTimer))
    }
    wait(ms)
    return () => clearTimeout(timer)
  },
}
