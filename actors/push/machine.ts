import { assign, setup } from 'xstate'
import { effect } from '../effect.ts'

/** What came of a request to a partner, as far as it matters for what is done next. */
export type PushEvent =
  | { readonly type: 'done' }
  /** Understood, and not wanted. `isUnknown`: it has no such object. */
  | { readonly type: 'refused'; readonly reason: string; readonly isUnknown: boolean }
  /** Not now, or nobody knows. `isItsOwn`: another object may fare better. */
  | {
      readonly type: 'failed'
      readonly reason: string
      readonly isItsOwn: boolean
      readonly retryAfterMs?: number
    }
  /** What the partner has is what it should have, or is not. */
  | { readonly type: 'same' }
  | { readonly type: 'other' }

interface Context {
  /** Requests that the plan has left, with the one that is under way. */
  readonly left: number
  /** What the one under way is. */
  readonly steps: readonly { readonly method: 'PUT' | 'PATCH' | 'DELETE'; readonly isWhole: boolean }[]
}

interface Given {
  readonly context: Context
  readonly event: PushEvent
}

const current = ({ context: { steps, left } }: Given) => steps[steps.length - left]

const push = setup({
  types: { context: {} as Context, events: {} as PushEvent, input: {} as Pick<Context, 'steps'> },
  actions: {
    /** The next request of the plan. */
    tell: effect<{ readonly step: number }>(),
    /** What it has is asked for. */
    ask: effect<object>(),
    /** The whole object takes the place of whatever it has. */
    replace: effect<object>(),
    keep: effect<{ readonly reason: string }>(),
    putOff: effect<{ readonly reason: string; readonly isItsOwn: boolean; readonly retryAfterMs?: number }>(),
  },
  guards: {
    hasMore: ({ context }) => context.left > 1,
    /** It may have been changed otherwise, or be unknown, or the partner cannot do it (handbook/roaming.md §2.5). */
    isPatch: (given) => current(given)?.method === 'PATCH',
    /** What is not there is gone. */
    isDeletedAlready: (given) =>
      current(given)?.method === 'DELETE' && given.event.type === 'refused' && given.event.isUnknown,
    isDelete: (given) => current(given)?.method === 'DELETE',
    isPart: (given) => current(given)?.isWhole === false,
  },
})

const next = assign<Context, PushEvent, undefined, PushEvent, never>({ left: ({ context }) => context.left - 1 })
const tells = {
  type: 'tell' as const,
  params: ({ context: { steps, left } }: Given) => ({ step: steps.length - left }),
}
const asks = { type: 'ask' as const, params: {} }
const replaces = { type: 'replace' as const, params: {} }
const keeps = {
  type: 'keep' as const,
  params: ({ event }: Given) => ({ reason: 'reason' in event ? event.reason : 'it will not give it up' }),
}
const putsOff = {
  type: 'putOff' as const,
  params: ({ event }: Given) => ({
    reason: 'reason' in event ? event.reason : '',
    isItsOwn: event.type !== 'failed' || event.isItsOwn,
    ...(event.type === 'failed' && event.retryAfterMs !== undefined && { retryAfterMs: event.retryAfterMs }),
  }),
}
const failed = { target: 'failed', actions: putsOff }

const telling = push.createStateConfig({
  on: {
    done: [{ guard: 'hasMore', target: 'telling', actions: [next, tells] }, { target: 'told' }],
    refused: [
      { guard: 'isDeletedAlready', target: 'told' },
      { guard: 'isDelete', target: 'comparing', actions: asks },
      { guard: 'isPatch', target: 'comparing', actions: asks },
      { guard: 'isPart', target: 'replacing', actions: replaces },
      { target: 'refused', actions: keeps },
    ],
    failed,
  },
})

/** A change was not taken: what it has decides whether that matters. */
const comparing = push.createStateConfig({
  on: {
    same: { target: 'told' },
    other: [
      { guard: 'isDelete', target: 'refused', actions: keeps },
      { target: 'replacing', actions: replaces },
    ],
    // whoever does not even say what it has may take it all the same
    refused: [
      { guard: 'isDelete', target: 'told' },
      { target: 'replacing', actions: replaces },
    ],
    failed,
  },
})

const replacing = push.createStateConfig({
  on: { done: { target: 'told' }, refused: { target: 'refused', actions: keeps }, failed },
})

/** One object on its way to one partner. */
export const pushMachine = push.createMachine({
  id: 'push',
  context: ({ input }) => ({ steps: input.steps, left: input.steps.length }),
  initial: 'opening',
  states: {
    opening: { always: { target: 'telling', actions: tells } },
    telling,
    comparing,
    replacing,
    told: { type: 'final' },
    refused: { type: 'final' },
    failed: { type: 'final' },
  },
})
