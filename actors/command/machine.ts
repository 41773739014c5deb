import { setup } from 'xstate'
import type { CommandOutcome, CommandState } from '../../core/domain/command.ts'
import type { MirrorChange } from '../../core/domain/mirror.ts'
import { effect } from '../effect.ts'

/** What there is to be said about the way the order has come. */
interface Word {
  readonly note?: string
  readonly answer?: unknown
  readonly learnt?: readonly MirrorChange[]
}

export type CommandEvent =
  /** There are words for it in the station's version. */
  | { readonly type: 'worded' }
  /** It is first in the station's line: it may be written, once that is on record. */
  | { readonly type: 'turn' }
  | { readonly type: 'recorded' }
  /** Somebody else has ended it meanwhile: it is not ours to write any more (INV-48). */
  | { readonly type: 'overtaken' }
  /** The station accepts; `waits`: for the effect. */
  | ({ readonly type: 'accepted'; readonly waits: boolean } & Word)
  /** The station accepts, and there is more to be said to it. */
  | ({ readonly type: 'goesOn' } & Word)
  /** No answer within the time for one. */
  | { readonly type: 'silent'; readonly waits: boolean }
  /** It has come to its end without its effect, or needed none. */
  | ({
      readonly type: 'ended'
      readonly outcome: CommandOutcome
      readonly reason?: string
      /** It has not been written, and may wait for the next connection. */
      readonly mayWait?: boolean
    } & Word)

/** A step to be kept. */
export interface KeptStep extends Word {
  readonly state: CommandState
  readonly outcome?: CommandOutcome
  readonly reason?: string
}

const command = setup({
  types: { context: {} as object, events: {} as CommandEvent, input: {} as object },
  actions: {
    stand: effect<object>(),
    record: effect<object>(),
    write: effect<object>(),
    withdraw: effect<object>(),
    word: effect<object>(),
    keep: effect<{ readonly step: KeptStep }>(),
  },
  guards: {
    waits: ({ event }) => 'waits' in event && event.waits,
    mayWait: ({ event }) => event.type === 'ended' && event.mayWait === true,
  },
})

const said = ({ event }: { event: CommandEvent }): Word => ({
  ...('note' in event && event.note !== undefined && { note: event.note }),
  ...('answer' in event && { answer: event.answer }),
  ...('learnt' in event && event.learnt !== undefined && { learnt: event.learnt }),
})
const keepEnd = {
  type: 'keep' as const,
  params: ({ event }: { event: CommandEvent }) => ({
    step: {
      state: 'done' as const,
      ...said({ event }),
      ...('outcome' in event && { outcome: event.outcome }),
      ...('reason' in event && event.reason !== undefined && { reason: event.reason }),
    },
  }),
}
const keep = (step: KeptStep) => ({
  type: 'keep' as const,
  params: ({ event }: { event: CommandEvent }) => ({ step: { ...step, ...said({ event }) } }),
})
const ends = { target: 'done', actions: keepEnd } as const
/** The station has accepted: that is its end, unless the effect is waited for. */
const whenAccepted = [
  { guard: 'waits', target: 'answered', actions: keep({ state: 'answered' }) },
  { target: 'done', actions: keep({ state: 'done', outcome: 'succeeded' }) },
] as const
/** Nothing is kept: its row says that it is queued, and whoever opens the next socket finds it. */
const endsOrWaits = [{ guard: 'mayWait', target: 'withdrawn' }, ends] as const

const queued = command.createStateConfig({
  on: { worded: { target: 'standing', actions: { type: 'stand', params: {} } }, ended: endsOrWaits },
})

/** In the station's line, which takes one CALL at a time (INV-47). */
const standing = command.createStateConfig({
  on: { turn: { target: 'recording', actions: { type: 'record', params: {} } }, ended: endsOrWaits },
})

/** That it is sent is committed before it is written: so it is written at most once. */
const recording = command.createStateConfig({
  on: {
    recorded: { target: 'sent', actions: { type: 'write', params: {} } },
    overtaken: { target: 'withdrawn', actions: { type: 'withdraw', params: {} } },
    ended: ends,
  },
})

const sent = command.createStateConfig({
  on: {
    accepted: whenAccepted,
    goesOn: { target: 'queued', actions: [keep({ state: 'answered' }), { type: 'word', params: {} }] },
    silent: [
      { guard: 'waits', target: 'unanswered', actions: keep({ state: 'sent', note: 'no answer' }) },
      {
        target: 'unanswered',
        actions: keep({ state: 'done', outcome: 'timeoutUnknown', reason: 'the charge point did not answer' }),
      },
    ],
    ended: ends,
  },
})

/** The effect may still come, and then it counts; so may an answer, and then its history tells of it (BI-36). */
const unanswered = command.createStateConfig({
  on: {
    accepted: whenAccepted,
    // what was to follow is not sent any more: nobody waits for it
    goesOn: {
      target: 'done',
      actions: keep({ state: 'done', outcome: 'timeoutUnknown', reason: 'the charge point answered too late' }),
    },
    ended: ends,
  },
})

/**
 * An order on its way through one worker. What it waits for afterwards is a row, matched in the commit that brings the
 * effect, whoever commits it: nothing here is needed for its end.
 */
export const commandMachine = command.createMachine({
  id: 'command',
  context: {},
  initial: 'queued',
  states: {
    queued,
    standing,
    recording,
    sent,
    unanswered,
    answered: { type: 'final' },
    done: { type: 'final' },
    withdrawn: { type: 'final' },
  },
})
