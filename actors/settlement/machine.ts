import { setup } from 'xstate'
import type { RunEvent } from '../../core/settlement/run.ts'
import { effect } from '../effect.ts'

const settlement = setup({
  types: { context: {} as object, events: {} as RunEvent, input: {} as object },
  actions: {
    /** How far it is. */
    note: effect<RunEvent>(),
    /** From this commit on nothing is posted into the month but what it costs itself: fees are worked out once. */
    shut: effect<object>(),
    /** The digest is whole: the month is closed for good. */
    close: effect<object>(),
  },
  guards: {
    isMore: ({ event }) => 'left' in event && event.left,
  },
})

const notes = { type: 'note' as const, params: ({ event }: { readonly event: RunEvent }) => event }
const shuts = { type: 'shut' as const, params: {} }
const closes = { type: 'close' as const, params: {} }

const queued = settlement.createStateConfig({
  on: { begun: { target: 'posting', actions: notes } },
})

const posting = settlement.createStateConfig({
  on: {
    posted: [
      { guard: 'isMore', actions: notes },
      { target: 'fees', actions: [notes, shuts] },
    ],
  },
})

const fees = settlement.createStateConfig({
  on: {
    charged: [
      { guard: 'isMore', actions: notes },
      { target: 'closing', actions: notes },
    ],
  },
})

const closing = settlement.createStateConfig({
  on: {
    sealed: [
      { guard: 'isMore', actions: notes },
      { target: 'closed', actions: [notes, closes] },
    ],
  },
})

/** One month of a tenant on its way to being closed. */
export const settlementMachine = settlement.createMachine({
  id: 'settlement',
  context: {},
  initial: 'queued',
  states: { queued, posting, fees, closing, closed: { type: 'final' } },
})
