import { assign, setup } from 'xstate'
import { type AttemptOutcome, mostAttempts } from '../../core/domain/delivery.ts'
import type { ErpGuard } from '../../core/ports/erp.ts'
import { effect } from '../effect.ts'

export type DeliveryEvent =
  /** Its turn has come: now it is sent. */
  | { readonly type: 'due' }
  /** What the attempt came to; `unclear` also where whoever sent it has said nothing for too long. */
  | AttemptOutcome
  /** What a person wishes: send it again; it has arrived; send it though it is there; not at all. */
  | { readonly type: 'retry' }
  | { readonly type: 'arrived'; readonly reference?: string }
  | { readonly type: 'again' }
  | { readonly type: 'cancel' }

interface Context {
  readonly guard: ErpGuard
  /** Attempts that count: since a person asked for it last. */
  readonly attempts: number
  readonly isDoubtful: boolean
}

interface Given {
  readonly context: Context
  readonly event: DeliveryEvent
}

const delivery = setup({
  types: { context: {} as Context, events: {} as DeliveryEvent, input: {} as Context },
  actions: {
    /** It leaves us, once that is committed; `asks`: the receiver is asked first whether it has it. */
    send: effect<{ readonly asks: boolean }>(),
    /** Later again. */
    putOff: effect<{ readonly reason: string; readonly retryAfterMs?: number }>(),
    /** What the receiver calls it: it is there, or can be asked for. */
    record: effect<{ readonly reference?: string }>(),
    /** A person must look: for this reason. */
    alarm: effect<{ readonly reason: string }>(),
    /** From the beginning: the attempts made so far count no more. */
    renew: effect<object>(),
    withdraw: effect<object>(),
  },
  guards: {
    /** It may have arrived, and its receiver can say whether it has. */
    mustAsk: ({ context: { guard, isDoubtful } }) => guard === 'lookup' && isDoubtful,
    /** Nothing keeps it from arriving twice. */
    isUnguarded: ({ context }) => context.guard === 'none',
    isGuarded: ({ context }) => context.guard !== 'none',
    isWornOut: ({ context }) => context.attempts >= mostAttempts,
    isWornOutInDoubt: ({ context }) => context.attempts >= mostAttempts && context.isDoubtful,
  },
})

const doubts = (isDoubtful: boolean) => assign<Context, DeliveryEvent, undefined, DeliveryEvent, never>({ isDoubtful })
/** A person says that it has not arrived; whoever can be asked is asked all the same. */
const isLookedUp = assign<Context, DeliveryEvent, undefined, DeliveryEvent, never>({
  isDoubtful: ({ context }) => context.isDoubtful && context.guard === 'lookup',
})
const sends = (asks: boolean) => ({ type: 'send' as const, params: { asks } })
const reasonIn = ({ event }: Given): string => ('reason' in event ? event.reason : '')
const alarms = { type: 'alarm' as const, params: (given: Given) => ({ reason: reasonIn(given) }) }
const wornOut = {
  type: 'alarm' as const,
  params: (given: Given) => ({ reason: `given up after ${given.context.attempts} attempts: ${reasonIn(given)}` }),
}
const putsOff = {
  type: 'putOff' as const,
  params: ({ event }: Given) => ({
    reason: 'reason' in event ? event.reason : '',
    ...(event.type === 'unavailable' && event.retryAfterMs !== undefined && { retryAfterMs: event.retryAfterMs }),
  }),
}
const records = {
  type: 'record' as const,
  params: ({ event }: Given) =>
    'reference' in event && event.reference !== undefined ? { reference: event.reference } : {},
}
const arrives = { target: 'accepted', actions: [doubts(false), records] }
const renews = { type: 'renew' as const, params: {} }
const withdraws = { target: 'cancelled', actions: { type: 'withdraw' as const, params: {} } }
const retries = { target: 'queued', actions: [isLookedUp, renews] }

const queued = delivery.createStateConfig({
  on: {
    due: [
      { guard: 'mustAsk', target: 'sending', actions: sends(true) },
      { target: 'sending', actions: sends(false) },
    ],
    // whoever had sent it was only late
    accepted: arrives,
    retry: retries,
    cancel: withdraws,
  },
})

const sending = delivery.createStateConfig({
  on: {
    accepted: arrives,
    refused: { target: 'refused', actions: [doubts(false), alarms] },
    unavailable: [
      // an attempt before this one may have arrived
      { guard: 'isWornOutInDoubt', target: 'unclear', actions: wornOut },
      { guard: 'isWornOut', target: 'refused', actions: wornOut },
      { target: 'queued', actions: putsOff },
    ],
    unclear: [
      { guard: 'isUnguarded', target: 'unclear', actions: [doubts(true), alarms] },
      { guard: 'isWornOut', target: 'unclear', actions: [doubts(true), wornOut] },
      { target: 'queued', actions: [doubts(true), records, putsOff] },
    ],
  },
})

/** It is there. Sent once more only where that is one document all the same. */
const accepted = delivery.createStateConfig({
  on: { again: { guard: 'isGuarded', target: 'queued', actions: [doubts(true), renews] } },
})
const refused = delivery.createStateConfig({ on: { retry: retries, cancel: withdraws } })
/** Whether it has arrived is for a person to find out. */
const unclear = delivery.createStateConfig({
  on: { arrived: arrives, accepted: arrives, retry: retries },
})
const cancelled = delivery.createStateConfig({ on: { retry: retries } })

/** One document on its way to one target. */
export const deliveryMachine = delivery.createMachine({
  id: 'delivery',
  context: ({ input }) => input,
  initial: 'queued',
  states: { queued, sending, accepted, refused, unclear, cancelled },
})
