import type { Ask } from '../domain/dialogue.ts'
import type { Order } from '../domain/order.ts'
import { actions } from './actions/index.ts'
import type { AskDialect, Heard, OrderContext, TellDialect, Told, Wording } from './dialect.ts'
import { type Refusal, refusal } from './error.ts'
import type { Payload } from './frame.ts'
import { check, hasSchema, warm } from './schema.ts'
import { type Protocol, protocols } from './version.ts'

/** From an action's name to its dialect: what a station's CALL asks, and how our orders are put into its words. */

interface Routes {
  readonly asks: ReadonlyMap<string, AskDialect>
  readonly tells: ReadonlySet<string>
  /** An order may have several actions; the first that has words for it says it. */
  readonly orders: ReadonlyMap<Order['type'], readonly Telling[]>
}

interface Telling {
  readonly action: string
  readonly dialect: TellDialect
}

const routesOf = (protocol: Protocol): Routes => {
  const all = Object.entries(actions).flatMap(([action, versions]) =>
    (versions[protocol] ?? []).map((d) => ({ action, dialect: d })),
  )
  const asks = all.flatMap(({ action, dialect }) => (dialect.direction === 'ask' ? [[action, dialect] as const] : []))
  const tells = all.flatMap(({ action, dialect }) => (dialect.direction === 'tell' ? [{ action, dialect }] : []))
  return {
    asks: new Map(asks),
    tells: new Set(tells.map(({ action }) => action)),
    orders: Map.groupBy(tells, ({ dialect }) => dialect.type),
  }
}

const routes = Object.fromEntries(protocols.map((p) => [p, routesOf(p)])) as Readonly<Record<Protocol, Routes>>

export type Routed =
  | {
      readonly ok: true
      /** Its own name where another message carries it. */
      readonly action: string
      readonly ask: Ask
      readonly dialect: AskDialect
      readonly untidy: string | undefined
    }
  /** `billing`: the message would have been money, so its bytes are kept before the refusal goes out. */
  | { readonly ok: false; readonly refusal: Refusal; readonly billing: boolean }

/** Finds the dialect of a CALL, checks the payload and translates it; or says why it is refused. */
export const route = (
  protocol: Protocol,
  action: string,
  payload: Payload,
  now: number,
  repairedBy?: string,
): Routed => {
  const dialect = routes[protocol].asks.get(action)
  if (dialect === undefined) return unrouted(protocol, action)
  const checked = check(protocol, dialect.request, payload, dialect.leniency)
  const billing = dialect.leniency === 'billing'
  if (!checked.ok) return { ok: false, refusal: checked.refusal, billing }
  const { untidy } = checked
  const heard: Heard = { now, untidy, repairedBy }
  const carried = dialect.carries?.(payload as never, heard)
  if (carried !== undefined) return { ok: true, ...carried, untidy }
  const ask = dialect.ask(payload as never, heard)
  if ('fault' in ask) return { ok: false, refusal: ask, billing }
  return { ok: true, action, ask, dialect, untidy }
}

/** The same for what is told and not asked: a SEND (2.1), of an action that is one there. */
export const routeTold = (protocol: Protocol, action: string, payload: Payload, now: number): Routed => {
  const dialect = routes[protocol].asks.get(action)
  return dialect?.isTold === true ? route(protocol, action, payload, now) : unrouted(protocol, action)
}

/** Known in this version but not to us, or not in this direction: NotSupported. Never heard of: NotImplemented (BI-38, BI-39). */
const unrouted = (protocol: Protocol, action: string): Routed => ({
  ok: false,
  refusal: isActionOf(protocol, action)
    ? refusal('notSupported', `${action} is not taken from a charge point here`)
    : refusal('notImplemented', 'no such action'),
  billing: false,
})

/** NotifyPeriodicEventStream is a SEND: it has a schema of its own and no answer. */
const isActionOf = (protocol: Protocol, action: string): boolean =>
  hasSchema(protocol, `${action}Request`) || hasSchema(protocol, action)

/** Whether messages of this action are money: their bytes are kept even where they cannot be read (INV-05). */
export const isMoney = (protocol: Protocol, action: string): boolean =>
  routes[protocol].asks.get(action)?.leniency === 'billing'

export type Worded =
  | ({ readonly ok: true; readonly action: string } & Extract<Wording, { readonly payload: object }>)
  | { readonly ok: true; readonly done: string }
  | { readonly ok: false; readonly reason: string }

/** Puts an order into a version's words; what we send is valid by its schema, or is not sent (D-12). */
export const word = (protocol: Protocol, order: Order, context: OrderContext): Worded => {
  let reason = `${protocol} has no message for ${order.type}`
  for (const { action, dialect } of routes[protocol].orders.get(order.type) ?? []) {
    const wording = dialect.tell(order as never, context)
    if ('otherwise' in wording) continue
    if ('done' in wording) return { ok: true, done: wording.done }
    if ('payload' in wording) {
      const fault = faultOfCall(protocol, action, wording.payload)
      return fault === undefined ? { ok: true, action, ...wording } : { ok: false, reason: fault }
    }
    reason = wording.unsupported
  }
  return { ok: false, reason }
}

/** What is wrong with a CALL we are about to send, or nothing. Any action of the version may be sent. */
export const faultOfCall = (protocol: Protocol, action: string, payload: unknown): string | undefined => {
  if (!hasSchema(protocol, `${action}Request`)) return `${protocol} has no action ${action}`
  const checked = check(protocol, `${action}Request`, payload, 'strict')
  if (!checked.ok) return checked.refusal.description
  return checked.untidy
}

/** What the station's answer to an order means; an answer that breaks its schema is no answer. */
export const understand = (
  protocol: Protocol,
  order: Order,
  action: string,
  payload: unknown,
  context: OrderContext,
): Told | { readonly invalid: string } => {
  const found = routes[protocol].orders.get(order.type)?.find((telling) => telling.action === action)
  if (found === undefined) return { invalid: 'no such order' }
  const checked = check(protocol, found.dialect.response, payload, 'texts')
  return checked.ok
    ? found.dialect.told(payload as never, order as never, context)
    : { invalid: checked.refusal.description }
}

/** How an order goes on after the station has refused one of its CALLs with an error; undefined: that is its end. */
export const afterError = (
  protocol: Protocol,
  order: Order,
  { action, code }: { readonly action: string; readonly code: string },
  context: OrderContext,
): Partial<OrderContext> | undefined =>
  routes[protocol].orders
    .get(order.type)
    ?.find((telling) => telling.action === action)
    ?.dialect.refused?.(code, order as never, context)

/** Whether an answer to any CALL of ours follows its schema (extra fields and long texts aside). */
export const isValidAnswer = (protocol: Protocol, action: string, payload: unknown): boolean =>
  check(protocol, `${action}Response`, payload, 'texts').ok

/** By which actions each order is said in this version; one that is not among them it cannot express. */
export const ordersOf = (protocol: Protocol): ReadonlyMap<Order['type'], readonly string[]> =>
  new Map([...routes[protocol].orders].map(([type, tellings]) => [type, [...new Set(tellings.map((t) => t.action))]]))

/** Actions a station may send in this version, and those we may send. */
export const actionsOf = (
  protocol: Protocol,
): { readonly asks: readonly string[]; readonly tells: readonly string[] } => ({
  asks: [...routes[protocol].asks.keys()],
  tells: [...routes[protocol].tells],
})

/** Whether any version we speak has this action. */
export const isKnownAction = (action: string): boolean => protocols.some((p) => isActionOf(p, action))

/** Compiles the validators of what stations send, so that the first message is as quick as the next. */
export const warmUp = (protocol: Protocol): void =>
  warm(
    protocol,
    [...routes[protocol].asks.values()].map((d) => d.request),
  )
