import type { Mailbox } from '../../bench/mailbox.ts'
import type { Chance } from '../../bench/random.ts'
import type { Protocol } from '../../core/ocpp/version.ts'
import type { World } from './world.ts'

/** What a station knows to have happened: the truth that the books are held to. */
export interface Charge {
  readonly connector: number
  readonly token: string
  readonly meterStart: number
  readonly startedAt: string
  /** The answer to the start (1.6); absent while there is none. */
  answer?: { readonly transactionId: number; readonly status: string }
  lost?: boolean
  readonly readings: Reading[]
  stop?: Stop
  /** How it is told in 2.x; absent in 1.6. */
  readonly numbered?: Numbered
  /** Its station speaks another language since then, and knows nothing of it any more. */
  isForgotten?: true
}

export interface Reading {
  readonly at: string
  readonly register: number
  acknowledged: boolean
}

export interface Stop {
  readonly at: string
  readonly meterStop: number
  acknowledged: boolean
  lost: boolean
}

/** The transaction id that the station has made, and what it tells about it under numbers of its own. */
export interface Numbered {
  readonly transaction: string
  readonly events: Told[]
}

export interface Told {
  readonly seq: number
  readonly phase: 'Started' | 'Updated' | 'Ended'
  readonly payload: object
  /** It holds readings and nothing else: what may be dropped when memory is short (2.0.1 part 2 E04.FR.07). */
  readonly isMetered: boolean
  /** Another event under a number that has been used: a mistake of its station. */
  readonly isTwin: boolean
  state: 'waiting' | 'acknowledged' | 'dropped' | 'lost'
  acknowledgedAt?: number
}

/** A station as the one who speaks for it in its version knows it. */
export interface Voice {
  readonly identity: string
  readonly world: World
  readonly luck: Chance
  readonly charges: readonly Charge[]
  readonly mailbox: () => Mailbox
  /** The time as its clock tells it. */
  readonly clock: () => string
  readonly isOnline: () => boolean
}

export interface Begun {
  readonly connector: number
  readonly token: string
  readonly register: number
  /** It begins by an order; in 2.x that has a number. */
  readonly ordered?: { readonly remoteStart?: number }
}

/** The words of a version for what happens at a station. */
export interface Tongue {
  readonly bootPayload: object
  statusPayload(connector: number, status: 'Charging' | 'Available'): object
  begin(begun: Begun): Charge
  meter(charge: Charge, register: number): void
  stop(charge: Charge, register: number): void
  /** It is connected again: what was kept meanwhile is told. */
  connected(): void
  isSettled(charge: Charge): boolean
  /** The answer to an order other than to begin; undefined = not supported. */
  answerTo(action: string, payload: Readonly<Record<string, unknown>>): object | undefined
}

export const languages = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const satisfies readonly Protocol[]

export const startOrders = ['RemoteStartTransaction', 'RequestStartTransaction']

/** An order to begin, in the words of either family. */
export interface StartOrder {
  readonly idTag?: string
  readonly connectorId?: number
  readonly idToken?: { readonly idToken: string }
  readonly evseId?: number
  readonly remoteStartId?: number
}
