import { assign, setup } from 'xstate'
import type { Registration } from '../../core/domain/charge-point.ts'
import { effect } from '../effect.ts'

/** `call` is the frame's message id: the machine decides about it and never looks into it. */
export type ChargePointEvent =
  | { readonly type: 'boot'; readonly call: string }
  /** Any other CALL that is no billing message. */
  | { readonly type: 'ask'; readonly call: string }
  /** StartTransaction, StopTransaction, MeterValues: money, stored in every state. */
  | { readonly type: 'billing'; readonly call: string }
  /** What an order of ours has asked for, TriggerMessage for one: it may be said while pending (BI-39a). */
  | { readonly type: 'triggered'; readonly call: string }
  | { readonly type: 'deadline'; readonly of: 'boot' }
  /** The operator changed what we answer to the next boot. */
  | { readonly type: 'registration'; readonly to: Registration }
  | { readonly type: 'silent' }
  | { readonly type: 'superseded' }
  | { readonly type: 'dismissed'; readonly code: number; readonly reason: string }
  | { readonly type: 'closed' }

interface Context {
  readonly registration: Registration
  /** Of 2.x: before it is accepted nothing counts but what it was asked for (2.0.1 part 2 B01, B02). */
  readonly isStrict?: boolean
  /** It has never told us what it is. */
  readonly isStrange?: boolean
}

const chargePoint = setup({
  types: { context: {} as Context, events: {} as ChargePointEvent, input: {} as Context },
  actions: {
    register: effect<{ readonly call: string; readonly registration: Registration }>(),
    handle: effect<{ readonly call: string }>(),
    refuse: effect<{ readonly call: string }>(),
    keepAndRefuse: effect<{ readonly call: string }>(),
    askForBoot: effect<object>(),
    expect: effect<{ readonly deadline: 'boot'; readonly inMs: number }>(),
    hangUp: effect<{ readonly code: number; readonly reason: string }>(),
    giveWay: effect<{ readonly code: number; readonly reason: string }>(),
    leave: effect<object>(),
  },
  guards: {
    isAccepted: ({ context }) => context.registration === 'accepted',
    isPending: ({ context }) => context.registration === 'pending',
    isStrict: ({ context }) => context.isStrict === true,
    mustBoot: ({ context }) => context.isStrict === true && context.isStrange === true,
    isNews: ({ context, event }) => event.type === 'registration' && event.to !== context.registration,
  },
})

const registers = {
  type: 'register' as const,
  params: ({ context, event }: { context: Context; event: ChargePointEvent }) => ({
    call: 'call' in event ? event.call : '',
    registration: context.registration,
  }),
}
const theCall = ({ event }: { event: ChargePointEvent }) => ({ call: 'call' in event ? event.call : '' })

const boots = [
  { guard: 'isAccepted' as const, target: 'accepted', actions: registers },
  { guard: 'isPending' as const, target: 'pending', actions: registers },
  { target: 'rejected', actions: registers },
]

/** Where a station stands when its socket opens belongs to its record, not to the socket (handbook/ocpp.md §3.1). */
const arriving = chargePoint.createStateConfig({
  always: [
    { guard: 'mustBoot', target: 'unbooted' },
    { guard: 'isAccepted', target: 'greeting' },
    { guard: 'isPending', target: 'pending' },
    { target: 'rejected' },
  ],
})

/** Many stations do not boot again on reconnect: they are served at once, and asked for their boot after a while. */
const greeting = chargePoint.createStateConfig({
  entry: { type: 'expect', params: { deadline: 'boot', inMs: 60_000 } },
  on: {
    boot: boots,
    ask: { actions: { type: 'handle', params: theCall } },
    billing: { actions: { type: 'handle', params: theCall } },
    deadline: { target: 'accepted', actions: { type: 'askForBoot', params: {} } },
  },
})

/** One of 2.x that nobody has heard of before boots first; what is money is kept, so that a fleet that moves here loses nothing. */
const unbooted = chargePoint.createStateConfig({
  entry: { type: 'expect', params: { deadline: 'boot', inMs: 10_000 } },
  on: {
    boot: boots,
    triggered: { actions: { type: 'handle', params: theCall } },
    ask: { actions: { type: 'refuse', params: theCall } },
    billing: { actions: { type: 'keepAndRefuse', params: theCall } },
    // one that will not boot is one that we have lost from our books: it stands where its record says
    deadline: [
      { guard: 'isAccepted', target: 'greeting', actions: { type: 'askForBoot', params: {} } },
      { guard: 'isPending', target: 'pending', actions: { type: 'askForBoot', params: {} } },
      { target: 'rejected', actions: { type: 'askForBoot', params: {} } },
    ],
  },
})

const accepted = chargePoint.createStateConfig({
  on: {
    boot: boots,
    ask: { actions: { type: 'handle', params: theCall } },
    billing: { actions: { type: 'handle', params: theCall } },
  },
})

const pending = chargePoint.createStateConfig({
  on: {
    // whom the operator lets in now need not wait for its next boot: it is asked for it (TC_B_31)
    registration: {
      guard: 'isNews',
      actions: [assign({ registration: ({ event }) => event.to }), { type: 'askForBoot', params: {} }],
    },
    boot: boots,
    triggered: { actions: { type: 'handle', params: theCall } },
    ask: { actions: { type: 'refuse', params: theCall } },
    billing: [
      { guard: 'isStrict', actions: { type: 'keepAndRefuse', params: theCall } },
      { actions: { type: 'handle', params: theCall } },
    ],
  },
})

const rejected = chargePoint.createStateConfig({
  on: {
    // whom the operator lets in now need not wait for its next boot: it is asked for it (TC_B_31)
    registration: {
      guard: 'isNews',
      actions: [assign({ registration: ({ event }) => event.to }), { type: 'askForBoot', params: {} }],
    },
    boot: boots,
    triggered: { actions: { type: 'refuse', params: theCall } },
    ask: { actions: { type: 'refuse', params: theCall } },
    billing: { actions: { type: 'keepAndRefuse', params: theCall } },
  },
})

/** A charge point's life on one socket: it arrives, greets, is registered, and leaves. */
export const chargePointMachine = chargePoint.createMachine({
  id: 'charge-point',
  context: ({ input }) => input,
  initial: 'arriving',
  states: {
    arriving,
    greeting,
    unbooted,
    accepted,
    pending,
    rejected,
    gone: { type: 'final', entry: { type: 'leave', params: {} } },
  },
  on: {
    registration: { actions: assign({ registration: ({ event }) => event.to }) },
    silent: { target: '.gone', actions: { type: 'hangUp', params: { code: 1001, reason: 'silent for too long' } } },
    superseded: {
      target: '.gone',
      actions: { type: 'giveWay', params: { code: 1008, reason: 'replaced by a newer connection' } },
    },
    dismissed: {
      target: '.gone',
      actions: { type: 'hangUp', params: ({ event }) => ({ code: event.code, reason: event.reason }) },
    },
    closed: '.gone',
  },
})
