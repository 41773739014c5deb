import type { StateReport } from '../ports/current-state.ts'
import type { ChargePointRef } from './charge-point.ts'

/** An order to a charge point, and what became of it. Accepted is not done: the effect counts (handbook §4.1-7). */

export type Order =
  | { readonly type: 'startCharging'; readonly evse?: number; readonly connector?: number; readonly token: string }
  | { readonly type: 'stopCharging'; readonly session: string }
  | { readonly type: 'reset'; readonly kind: 'hard' | 'soft' }
  | { readonly type: 'unlock'; readonly evse: number; readonly connector?: number }
  | {
      readonly type: 'setAvailability'
      readonly evse: number
      readonly connector?: number
      readonly available: boolean
    }
  | { readonly type: 'setConfig'; readonly key: string; readonly value: string }
  | { readonly type: 'getConfig'; readonly keys?: readonly string[] }
  | { readonly type: 'clearCache' }
  | { readonly type: 'trigger'; readonly message: string; readonly evse?: number }
  | { readonly type: 'vendorCall'; readonly vendor: string; readonly message?: string; readonly data?: string }

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
  readonly order: Order
  readonly state: CommandState
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

/** What a sent order waits for; a row, so that a restart forgets nothing (DESIGN §5). */
export interface Expectation extends ChargePointRef {
  readonly command: string
  readonly effect: Effect
  readonly until: number
}

export type Effect =
  | { readonly type: 'session.started'; readonly token: string; readonly connector?: number }
  | { readonly type: 'session.stopped'; readonly session: string }
  | { readonly type: 'booted' }
  | { readonly type: 'status'; readonly evse: number; readonly statuses: readonly string[] }
  | { readonly type: 'message'; readonly action: string }

/** The next step of a command's life; one that is done stays as it is, whatever comes late (INV-48). */
export const advance = (
  command: Command,
  step: { readonly at: number; readonly state: CommandState; readonly note?: string } & Partial<
    Pick<Command, 'outcome' | 'reason' | 'session' | 'answer'>
  >,
): Command => {
  const { at, state, note, ...known } = step
  if (isOver(command)) {
    // what became of it stays unknown to whoever waited; that an answer came late is told all the same (BI-36)
    if (command.outcome !== 'timeoutUnknown' || note === undefined) return command
    return { ...command, history: [...command.history, { at, state: 'done', note }] }
  }
  return {
    ...command,
    ...known,
    state,
    history: [...command.history, { at, state, ...(note !== undefined && { note }) }],
  }
}

export const isOver = ({ state }: Command): boolean => state === 'done' || state === 'cancelled'

/** Whether this is a next step after what is stored: whoever knew less has decided too late (INV-48). */
export const follows = (now: Command, stored: Command): boolean =>
  isOver(stored) ? isAnnotation(now, stored) : now.history.length > stored.history.length

/** Whether it only adds to the history of one whose outcome stays unknown. */
const isAnnotation = (now: Command, stored: Command): boolean =>
  stored.outcome === 'timeoutUnknown' && now.outcome === 'timeoutUnknown' && now.history.length > stored.history.length

/** Whether a report of the station is what an order waited for. Sessions are matched in the ledger, with their facts. */
export const fulfils = (effect: Effect, report: StateReport): boolean => {
  if (effect.type === 'booted') return report.kind === 'booted'
  if (effect.type === 'status')
    return (
      report.kind === 'status' && report.report.evse === effect.evse && effect.statuses.includes(report.report.status)
    )
  return effect.type === 'message' && report.kind === 'message' && report.action === effect.action
}
