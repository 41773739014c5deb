import { setup } from 'xstate'
import { effect } from '../effect.ts'

export type AskedCommandEvent =
  /** The partner passes it on, and says by when there is a result. */
  | { readonly type: 'accepted'; readonly response: string; readonly deadline: number }
  /** It does not. */
  | { readonly type: 'refused'; readonly response?: string; readonly reason: string }
  /** It could not be reached: nothing has left us. */
  | { readonly type: 'failed'; readonly reason: string }
  /** It may have heard us: then there is a result all the same. */
  | { readonly type: 'unclear'; readonly reason: string; readonly deadline: number }
  | { readonly type: 'result'; readonly result: string; readonly reason?: string }
  /** The CPO has taken a reservation back. */
  | { readonly type: 'withdrawn'; readonly result: string; readonly reason?: string }
  | { readonly type: 'late' }

const askedCommand = setup({
  types: { context: {} as object, events: {} as AskedCommandEvent, input: {} as object },
  actions: { note: effect<object>() },
})

/** What the event says is kept with the command. */
const notes = { type: 'note' as const, params: ({ event }: { event: AskedCommandEvent }) => ({ event }) }
/** A result may be faster than the answer, and may come after its time: it is what happened. */
const done = { target: 'done', actions: notes } as const

const asking = askedCommand.createStateConfig({
  on: {
    accepted: { target: 'waiting', actions: notes },
    refused: { target: 'refused', actions: notes },
    failed: { target: 'failed', actions: notes },
    unclear: { target: 'waiting', actions: notes },
    result: done,
    late: { target: 'timedOut', actions: notes },
  },
})

const waiting = askedCommand.createStateConfig({
  on: { result: done, late: { target: 'timedOut', actions: notes } },
})

const timedOut = askedCommand.createStateConfig({ on: { result: done } })

const settled = askedCommand.createStateConfig({
  on: { withdrawn: { target: 'withdrawn', actions: notes } },
})

/** What we want of a charging station of a partner's, from our request to its result. */
export const askedCommandMachine = askedCommand.createMachine({
  id: 'asked-command',
  context: {},
  initial: 'asking',
  states: {
    asking,
    waiting,
    timedOut,
    done: settled,
    refused: { type: 'final' },
    failed: { type: 'final' },
    withdrawn: { type: 'final' },
  },
})
