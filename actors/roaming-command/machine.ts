import { assign, setup } from 'xstate'
import type { Json } from '../../core/roaming/field.ts'
import { effect } from '../effect.ts'

export type RoamingCommandEvent =
  /** What came of it is known; `isKept`: a connector is reserved now. */
  | { readonly type: 'settled'; readonly result: Json; readonly isKept: boolean }
  /** Its turn to be told has come, or whoever was telling it has said nothing for too long. */
  | { readonly type: 'turn' }
  /** The partner has heard it. */
  | { readonly type: 'told' }
  /** It has not, or nobody knows. */
  | { readonly type: 'unheard'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly type: 'refused'; readonly reason: string }
  /** The reservation was used, or the partner has cancelled it. */
  | { readonly type: 'released' }
  /** The reservation has ended for any other reason. */
  | { readonly type: 'withdrawn'; readonly result: Json }

interface Context {
  readonly isKept: boolean
  /** Nobody is told any more by now. */
  readonly isTooLate: boolean
}

const roamingCommand = setup({
  types: { context: {} as Context, events: {} as RoamingCommandEvent, input: {} as Context },
  actions: {
    /** What the partner is to be told, from now on. */
    keep: effect<{ readonly result: Json }>(),
    /** It leaves us, once that is committed. */
    send: effect<object>(),
    putOff: effect<{ readonly reason: string; readonly retryAfterMs?: number }>(),
    giveUp: effect<{ readonly reason: string }>(),
  },
  guards: {
    isKept: ({ context }) => context.isKept,
    isTooLate: ({ context }) => context.isTooLate,
  },
})

interface Given {
  readonly event: RoamingCommandEvent
}

const keeps = {
  type: 'keep' as const,
  params: ({ event }: Given) => ({ result: 'result' in event ? event.result : {} }),
}
const sends = { type: 'send' as const, params: {} }
const reasonIn = ({ event }: Given): string => ('reason' in event ? event.reason : '')
const givesUp = { type: 'giveUp' as const, params: (given: Given) => ({ reason: reasonIn(given) }) }
const putsOff = {
  type: 'putOff' as const,
  params: (given: Given) => ({
    reason: reasonIn(given),
    ...(given.event.type === 'unheard' &&
      given.event.retryAfterMs !== undefined && { retryAfterMs: given.event.retryAfterMs }),
  }),
}
const holds = assign<Context, RoamingCommandEvent, undefined, RoamingCommandEvent, never>({
  isKept: ({ event }) => event.type === 'settled' && event.isKept,
})

const waiting = roamingCommand.createStateConfig({ on: { settled: { target: 'due', actions: [holds, keeps] } } })

const due = roamingCommand.createStateConfig({ on: { turn: { target: 'sending', actions: sends } } })

/** That it is sent is committed before it is: whoever dies now has left one that is sent again. */
const sending = roamingCommand.createStateConfig({
  on: {
    turn: { target: 'sending', actions: sends },
    told: [{ guard: 'isKept', target: 'kept' }, { target: 'told' }],
    unheard: [
      { guard: 'isTooLate', target: 'lost', actions: givesUp },
      { target: 'due', actions: putsOff },
    ],
    refused: { target: 'refused', actions: givesUp },
  },
})

const kept = roamingCommand.createStateConfig({
  on: { released: { target: 'told' }, withdrawn: { target: 'due', actions: [holds, keeps] } },
})

/** What a partner wants of a charging station of ours, from its order to the one time that it is told what came of it. */
export const roamingCommandMachine = roamingCommand.createMachine({
  id: 'roaming-command',
  context: ({ input }) => input,
  initial: 'waiting',
  states: {
    waiting,
    due,
    sending,
    kept,
    told: { type: 'final' },
    refused: { type: 'final' },
    lost: { type: 'final' },
  },
})
