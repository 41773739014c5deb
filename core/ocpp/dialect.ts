import type { Charging } from '../charging/composite.ts'
import type { VehicleNeeds } from '../charging/needs.ts'
import type { Answers, Ask, AskOf } from '../domain/dialogue.ts'
import type { Decimal } from '../domain/decimal.ts'
import type { Effect } from '../domain/expectation.ts'
import type { StationTariff } from '../domain/station-tariff.ts'
import type { ListEntry, LocalList } from '../domain/local-list.ts'
import type { MirrorChange } from '../domain/mirror.ts'
import type { Order } from '../domain/order.ts'
import type { Session } from '../domain/session.ts'
import type { TokenType } from '../domain/token.ts'
import type { Refusal } from './error.ts'
import type { Leniency } from './schema.ts'
import type { Protocol, Protocol2 } from './version.ts'

/** What a dialect may need to know about a payload beside the payload. */
export interface Heard {
  /** Our clock at receipt, ms since 1970 UTC. */
  readonly now: number
  /** What the schema check forgave. */
  readonly untidy: string | undefined
  /** The packs of quirks that made of the payload what it is now. */
  readonly repairedBy?: string | undefined
}

/** An action that stations send, in one version: its schema names and both translations. */
export interface AskDialect {
  readonly direction: 'ask'
  readonly request: string
  readonly type: Ask['type']
  readonly leniency: Leniency
  /** It is a SEND, which nobody answers (2.1). */
  readonly isTold?: true
  ask(payload: never, heard: Heard): Ask | Refusal
  answer(answer: never): object
  /** What another message in its data asks, where there is one that can be read. */
  carries?(payload: never, heard: Heard): Carried | undefined
}

/** A message in the data of another one, by its own name. */
export interface Carried {
  readonly action: string
  readonly ask: Ask
  readonly dialect: AskDialect
}

/** Declares an action that stations send; request, ask and answer are typed against each other. */
export const dialect = <Type extends Ask['type'], Request>(
  type: Type,
  is: {
    readonly request: string
    readonly leniency?: Leniency
    readonly isTold?: true
    readonly ask: (request: Request, heard: Heard) => AskOf<Type> | Refusal
    readonly answer: (answer: Answers[Type]) => object
    readonly carries?: (request: Request, heard: Heard) => Carried | undefined
  },
): AskDialect => ({
  direction: 'ask',
  type,
  request: is.request,
  leniency: is.leniency ?? 'strict',
  ...(is.isTold === true && { isTold: true as const }),
  ask: is.ask as AskDialect['ask'],
  answer: is.answer as AskDialect['answer'],
  ...(is.carries !== undefined && { carries: is.carries as NonNullable<AskDialect['carries']> }),
})

export type OrderOf<Type extends Order['type']> = Extract<Order, { readonly type: Type }>

/** What the station's answer to an order means. */
export type Told =
  | {
      readonly accepted: true
      readonly note?: string
      readonly learnt?: readonly MirrorChange[]
      /** It is not done with this: it goes on with another CALL, knowing this too. */
      readonly again?: Partial<OrderContext>
      /** The answer is the end, whatever the order expected beside it. */
      readonly isAll?: true
      /** What is to be ordered of the same station now that this is done. */
      readonly then?: Order
    }
  | {
      readonly accepted: false
      readonly outcome: 'rejected' | 'failed' | 'unsupported'
      readonly reason: string
      readonly learnt?: readonly MirrorChange[]
    }

/** What an order needs to know of the world to be put into words. */
export interface OrderContext {
  /** Our clock, ms since 1970 UTC. */
  readonly now: number
  /** The command's number: request, reservation or profile id. */
  readonly number: number
  /** The transaction id on the wire of `order.session`. */
  readonly transaction?: string
  /** What is presented in place of the token. */
  readonly tag?: string
  /** Where a file is fetched or put. */
  readonly location?: string
  /** A new password, as hexadecimal digits. */
  readonly secret?: string
  /** The hash that it is known by: an answer is about this one, whatever was sent before or after. */
  readonly sealed?: Uint8Array
  readonly localList?: LocalListContext
  /** The session that the order is about, as it stands. */
  readonly session?: Pick<Session, 'state' | 'lastRegister'> & {
    readonly isCharging?: boolean
  }
  /** What it costs so far; taxes included. */
  readonly totalCost?: Decimal
  /** As its station is told it. */
  readonly tariff?: StationTariff
  /** What the token is that the order names. */
  readonly tokenType?: TokenType
  /** MD5 of the file, as hexadecimal digits. */
  readonly checksum?: string
  /** The keys of what the order is about, of what the station is known to have. */
  readonly keys?: readonly string[]
  /** How a stream of its values goes now. */
  readonly stream?: { readonly intervalS?: number; readonly values?: number }
  /** What the station has been told about charging, and what it charges with. */
  readonly charging?: Charging
  /** What the vehicle has said it needs. */
  readonly needs?: VehicleNeeds
  /** How much the station takes in one message, and how far the order has come. */
  readonly batch?: Partial<Batch>
  /** The firmware that it runs now. */
  readonly firmware?: string
  /** The security profile of each of its network profiles, by slot. */
  readonly slots?: Readonly<Record<string, number>>
  /** In which order it tries its network profiles, `1,2`. */
  readonly priority?: string
  /** The tokens on its local list, as far as we know. */
  readonly listed?: readonly string[]
  /** How far an order of several actions has come. */
  readonly stage?: number
}

/** An order in parts: how much the station takes in one message, and how far it has come. */
export interface Batch {
  /** Items in one message. */
  readonly most: number
  /** The longest payload, in bytes. */
  readonly bytes?: number
  /** The first that has not been sent. */
  readonly from: number
  /** It was too much for the station once: from then on half of it is sent. */
  readonly isHalved?: true
  /** What the station would not take, in words. */
  readonly refused: readonly string[]
}

export interface LocalListContext {
  readonly wanted: readonly ListEntry[]
  /** What the station has, as far as we know. */
  readonly known?: LocalList
  /** What was sent and never answered: it may have arrived. */
  readonly uncertain?: LocalList
  /** As the station has just said; undefined = not asked yet. */
  readonly reported?: number
  /** Entries in one message. */
  readonly most: number
  /** A part of it has been sent already. */
  readonly begun?: true
}

/** An order in a version's words. */
export type Wording =
  | {
      readonly payload: object
      readonly expects?: Effect
      /** What is known from the moment that it is sent. */
      readonly learnt?: readonly MirrorChange[]
    }
  | { readonly unsupported: string }
  /** There is nothing to be said: the station has it already. */
  | { readonly done: string }
  /** Another action of this version says it. */
  | { readonly otherwise: true }

/** An action that we send, in one version. */
export interface TellDialect {
  readonly direction: 'tell'
  readonly type: Order['type']
  readonly request: string
  readonly response: string
  tell(order: never, context: OrderContext): Wording
  told(payload: never, order: never, context: OrderContext): Told
  /** What is said instead where the station could not take this: knowing more, or nothing. */
  refused?(code: string, order: never, context: OrderContext): Partial<OrderContext> | undefined
}

/** Declares an action that we send: our order to its payload, the station's answer to our outcome. */
export const order = <Type extends Order['type'], Response>(
  type: Type,
  is: {
    readonly action: string
    readonly tell: (order: OrderOf<Type>, context: OrderContext) => Wording
    readonly told: (response: Response, order: OrderOf<Type>, context: OrderContext) => Told
    readonly refused?: (code: string, order: OrderOf<Type>, context: OrderContext) => Partial<OrderContext> | undefined
  },
): TellDialect => ({
  direction: 'tell',
  type,
  request: `${is.action}Request`,
  response: `${is.action}Response`,
  tell: is.tell as TellDialect['tell'],
  told: is.told as TellDialect['told'],
  ...(is.refused !== undefined && { refused: is.refused as NonNullable<TellDialect['refused']> }),
})

export type Action = Readonly<Partial<Record<Protocol, readonly (AskDialect | TellDialect)[]>>>

/** What 2.0.1 and 2.1 say in the same words, or nearly: the dialects are made once for each. */
export const two = (
  ...dialects: readonly ((protocol: Protocol2) => AskDialect | TellDialect)[] | readonly (AskDialect | TellDialect)[]
): Pick<Action, Protocol2> => {
  const of = (protocol: Protocol2): readonly (AskDialect | TellDialect)[] =>
    dialects.map((d) => (typeof d === 'function' ? d(protocol) : d))
  return { 'ocpp2.0.1': of('ocpp2.0.1'), 'ocpp2.1': of('ocpp2.1') }
}

export const accepted = (note?: string, learnt?: readonly MirrorChange[]): Told => ({
  accepted: true,
  ...(note !== undefined && { note }),
  ...(learnt !== undefined && { learnt }),
})
export const rejected = (reason: string, learnt?: readonly MirrorChange[]): Told => ({
  accepted: false,
  outcome: 'rejected',
  reason,
  ...(learnt !== undefined && { learnt }),
})
export const failed = (reason: string): Told => ({ accepted: false, outcome: 'failed', reason })
export const unsupported = (reason: string): Told => ({ accepted: false, outcome: 'unsupported', reason })

/** The plain Accepted/Rejected/NotSupported answers most actions have. */
export const byStatus = ({ status }: { readonly status: string }): Told =>
  status === 'Accepted'
    ? accepted()
    : status === 'NotSupported' || status === 'NotImplemented'
      ? unsupported(status)
      : rejected(status)
