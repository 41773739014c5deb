import type { Answers, Ask, AskOf } from '../domain/dialogue.ts'
import type { Effect, Order } from '../domain/command.ts'
import type { Refusal } from './error.ts'
import type { Leniency } from './schema.ts'
import type { Protocol } from './version.ts'

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
  ask(payload: never, heard: Heard): Ask | Refusal
  answer(answer: never): object
}

/** Declares an action that stations send; request, ask and answer are typed against each other. */
export const dialect = <Type extends Ask['type'], Request>(
  type: Type,
  is: {
    readonly request: string
    readonly leniency?: Leniency
    readonly ask: (request: Request, heard: Heard) => AskOf<Type> | Refusal
    readonly answer: (answer: Answers[Type]) => object
  },
): AskDialect => ({
  direction: 'ask',
  type,
  request: is.request,
  leniency: is.leniency ?? 'strict',
  ask: is.ask as AskDialect['ask'],
  answer: is.answer as AskDialect['answer'],
})

export type OrderOf<Type extends Order['type']> = Extract<Order, { readonly type: Type }>

/** What the station's answer to an order means. */
export type Told =
  | { readonly accepted: true; readonly note?: string }
  | { readonly accepted: false; readonly outcome: 'rejected' | 'failed' | 'unsupported'; readonly reason: string }

/** What an order needs to know of the world to be put into words. */
export interface OrderContext {
  /** The transaction id on the wire of `order.session`. */
  readonly transaction?: string
}

/** An action that we send, in one version. */
export interface TellDialect {
  readonly direction: 'tell'
  readonly type: Order['type'] | undefined
  readonly request: string
  readonly response: string
  tell(
    order: never,
    context: OrderContext,
  ): { readonly payload: object; readonly expects?: Effect } | { readonly unsupported: string }
  told(payload: never): Told
}

/** Declares an action that we send: our order to its payload, the station's answer to our outcome. */
export const order = <Type extends Order['type'], Response>(
  type: Type,
  is: {
    readonly action: string
    readonly tell: (
      order: OrderOf<Type>,
      context: OrderContext,
    ) => { readonly payload: object; readonly expects?: Effect } | { readonly unsupported: string }
    readonly told: (response: Response) => Told
  },
): TellDialect => ({
  direction: 'tell',
  type,
  request: `${is.action}Request`,
  response: `${is.action}Response`,
  tell: is.tell as TellDialect['tell'],
  told: is.told as TellDialect['told'],
})

export type Action = Readonly<Partial<Record<Protocol, readonly (AskDialect | TellDialect)[]>>>

export const accepted = (note?: string): Told => ({ accepted: true, ...(note !== undefined && { note }) })
export const rejected = (reason: string): Told => ({ accepted: false, outcome: 'rejected', reason })
export const unsupported = (reason: string): Told => ({ accepted: false, outcome: 'unsupported', reason })

/** The plain Accepted/Rejected/NotSupported answers most actions have. */
export const byStatus = ({ status }: { readonly status: string }): Told =>
  status === 'Accepted'
    ? accepted()
    : status === 'NotSupported' || status === 'NotImplemented'
      ? unsupported(status)
      : rejected(status)
