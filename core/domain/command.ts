import type { ChargePointRef } from './charge-point.ts'
import type { Order } from './order.ts'

/** An order to a charge point, and what became of it. Accepted is not done: the effect counts (handbook §4.1-7). */
export type { Effect, Expectation } from './expectation.ts'
export { fulfils } from './expectation.ts'
export type { Order } from './order.ts'

export const commandStates = ['queued', 'sent', 'answered', 'done', 'cancelled'] as const
export type CommandState = (typeof commandStates)[number]

export const commandOutcomes = [
  'succeeded',
  'rejected',
  'failed',
  'callError',
  'invalidAnswer',
  'timeoutUnknown',
  'notDelivered',
  'unsupported',
  'expired',
] as const
export type CommandOutcome = (typeof commandOutcomes)[number]

export interface CommandStep {
  readonly at: number
  readonly state: CommandState
  readonly note?: string
}

export interface Command extends ChargePointRef {
  readonly id: string
  /** The station's name for it where OCPP wants a whole number: request, reservation or profile id. 1 … 2³¹ − 1. */
  readonly number: number
  readonly order: Order
  readonly state: CommandState
  /** It may wait until the station is connected, as long as its deadline allows. */
  readonly waits: boolean
  /** What the station is told to present in place of the token; known to us alone (a remote start of OCPP 1.6). */
  readonly tag?: string
  readonly outcome?: CommandOutcome
  readonly reason?: string
  /** The session it began or ended. */
  readonly session?: string
  /** What the station answered, as it answered it. */
  readonly answer?: unknown
  readonly createdAt: number
  readonly deadline: number
  readonly history: readonly CommandStep[]
}

/** The next step of a command's life. */
export type Step = CommandStep & Partial<Pick<Command, 'outcome' | 'reason' | 'session' | 'answer'>>

/** The command after a step, whatever it was before; whether it may be taken is `mayTake`'s to say. */
export const advance = (command: Command, step: Step): Command => {
  const { at, state, note, ...known } = step
  const history = [...command.history, { at, state, ...(note !== undefined && { note }) }]
  // what became of it stays unknown to whoever waited; that an answer came late is told all the same (BI-36)
  if (isOver(command))
    return { ...command, history: [...command.history, { at, state: command.state, note: note ?? '' }] }
  return { ...command, ...known, state, history }
}

export const isOver = ({ state }: Pick<Command, 'state'>): boolean => state === 'done' || state === 'cancelled'

/**
 * Whether a step may follow what is stored: whoever knew less has decided too late (INV-48); `from` = what he knew. One that is over stays as
 * it is, but that an unknown outcome is annotated; what was sent is never sent again, unless the station has answered.
 */
export const mayTake = (stored: Command, step: Step, from?: CommandState): boolean => {
  if (from !== undefined && stored.state !== from) return false
  if (isOver(stored)) return stored.outcome === 'timeoutUnknown' && step.note !== undefined
  if (step.state === 'sent' && step.note === undefined) return stored.state === 'queued' || stored.state === 'answered'
  if (step.state === 'cancelled') return stored.state === 'queued'
  return true
}
