import type { Order } from '../../member.ts'
import type { Chance } from '../../random.ts'
import type { Charger } from '../charger.ts'
import { type Broken, brokenFrames } from './broken.ts'
import { untidied } from './untidy.ts'

/** What bad manners are in the words of a version. */
export interface Manners {
  /** The same message as an untidy station says it; what it says of energy and time is the same. */
  readonly untidied: (text: string, chance: Chance) => string
  readonly broken: readonly Broken[]
  /** What may be said at any time without anything coming of it. */
  smallTalk(chance: Chance): Order
  /** Statuses out of order: first the newer one, then the one before it. */
  lookBack(chance: Chance): readonly Order[]
  /** A lock is stuck for the next one who wants it open, or comes free. */
  jam(chance: Chance): void
}

export const earlierMs = 30_000

/** Those of 1.6. */
export const mannersOf = (charger: Charger): Manners => ({
  untidied,
  broken: brokenFrames,
  smallTalk(chance) {
    const plug = chance.pick(charger.plugs)
    return chance.pick<Order>([
      ['Heartbeat', {}],
      ['StatusNotification', { connectorId: plug.number, status: plug.status, errorCode: plug.errorCode }],
      ['DataTransfer', { vendorId: 'com.example.unheard-of', data: '{"uptime":12}' }],
    ])
  },
  lookBack(chance) {
    const plug = chance.pick(charger.plugs)
    const now = charger.time.now()
    const said = { connectorId: plug.number, errorCode: plug.errorCode }
    return [
      ['StatusNotification', { ...said, status: plug.status, timestamp: new Date(now).toISOString() }],
      ['StatusNotification', { ...said, status: 'Preparing', timestamp: new Date(now - earlierMs).toISOString() }],
    ]
  },
  jam(chance) {
    const plug = chance.pick(charger.plugs)
    plug.lock = plug.lock === 'jammed' ? 'works' : 'jammed'
  },
})
