import type { Protocol } from '../core/ocpp/version.ts'
import type { Booked } from './booked.ts'
import type { Books } from './charger/books.ts'
import type { Unruly } from './charger/chaos/unruly.ts'
import type { ChargerOptions } from './charger/options.ts'
import type { Chance } from './random.ts'

/** An action, and its payload. */
export type Order = readonly [action: string, payload: object]

/** A station of a fleet, whatever version it speaks. */
export interface Member {
  readonly protocol: Protocol
  readonly options: ChargerOptions
  /** Its own books: its sessions, and its CALLs. */
  readonly sessions: readonly Booked[]
  readonly books: Books
  readonly chaos: Unruly | undefined
  /** Nothing is under way, and the server has acknowledged everything that was. */
  readonly isSettled: boolean
  /** Connected, and accepted by the server. */
  readonly isAtWork: boolean
  /** An order that may be given to it at any time without anybody losing by it. */
  anyOrder(chance: Chance): Order
  start(): void
  /** No more cars, and what charges ends. */
  windDown(): void
  /** Ends without another word, as a power cut would. */
  stop(): void
}
