import type { CommandOutcome, Order } from './command.ts'
import { doneAt, isOpen, momentOf, opensAt, type Pace, type Window } from './pace.ts'

/**
 * One order for many charge points: paced, tried on a few first, and stopped by itself when too much of it fails
 * (handbook S-27). All decisions are here or in the machine; whoever runs a campaign counts and carries out.
 */

export const campaignStates = [
  'scheduled',
  'canary',
  'canaryPaused',
  'awaitingGo',
  'running',
  'paused',
  'stopping',
  'cancelling',
  'stopped',
  'done',
  'cancelled',
] as const
export type CampaignState = (typeof campaignStates)[number]

export const finalStates: readonly CampaignState[] = ['stopped', 'done', 'cancelled']
/** They wait for a person, and may have nothing to look at meanwhile. */
export const waitingStates: readonly CampaignState[] = ['canaryPaused', 'awaitingGo', 'paused']

export interface CampaignPlan {
  readonly order: Order
  /** How long each order may take, effect included. */
  readonly deadlineMs: number
  readonly ratePerS: number
  /** How much of the time between two orders each may come late, at random: 0 to 1. */
  readonly jitter: number
  readonly canary?: Canary
  readonly stopRule: StopRule
  /** Those that were not reached are ordered again when they are connected, until `endAt`. */
  readonly retryOffline: boolean
  readonly startAt: number
  /** Nothing is ordered from then on. */
  readonly endAt?: number
  readonly window?: Window
}

/** The first few, which must all be over and within the stop rule before the rest begins. */
export interface Canary {
  /** How many: a share of all targets, or a number of them. */
  readonly of: { readonly share: number } | { readonly count: number }
  /** A person says whether the rest begins. */
  readonly needsGo: boolean
}

export interface StopRule {
  /** Stops when at least so much of those that were reached has failed: 0 to 1. */
  readonly failureShare: number
  /** Not before so many were reached and are over. */
  readonly atLeast: number
}

export interface Campaign {
  readonly id: string
  readonly tenant: string
  readonly name: string
  readonly plan: CampaignPlan
  readonly targets: number
  readonly state: CampaignState
  /** Why it stopped, or what it waits for. */
  readonly reason?: string
  readonly pace?: Pace
  readonly createdAt: number
  readonly startedAt?: number
  readonly endedAt?: number
}

/** Its targets, counted; each is in one of these places. */
export interface Counts {
  /** Not ordered yet. */
  readonly waiting: number
  /** Ordered, and not over yet. */
  readonly ordered: number
  /** Among those ordered: whose order never left the process that was to send it. */
  readonly lost: number
  /** Those that are over. */
  readonly byOutcome: Readonly<Partial<Record<CommandOutcome, number>>>
}

export interface Progress extends Counts {
  readonly targets: number
  readonly succeeded: number
  readonly failed: number
  readonly notReached: number
}

/** What was never written to a socket says nothing about the order: it is no failure, and may be ordered again. */
export const unreached: readonly CommandOutcome[] = ['notDelivered', 'expired']

export const targetStates = ['waiting', 'ordered', 'succeeded', 'failed', 'notReached'] as const
export type TargetState = (typeof targetStates)[number]

export const progressOf = (counts: Counts): Progress => {
  let [over, succeeded, notReached] = [0, 0, 0]
  for (const [outcome, n] of Object.entries(counts.byOutcome)) {
    over += n
    if (outcome === 'succeeded') succeeded += n
    if (unreached.includes(outcome as CommandOutcome)) notReached += n
  }
  return {
    ...counts,
    targets: counts.waiting + counts.ordered + over,
    succeeded,
    notReached,
    failed: over - succeeded - notReached,
  }
}

/** How many of the targets are the canary; there is always one. A share is a decimal: what doubles add to it is not meant. */
export const canarySize = ({ canary }: CampaignPlan, targets: number): number => {
  if (canary === undefined) return 0
  return Math.min(targets, 'count' in canary.of ? canary.of.count : Math.ceil(canary.of.share * targets - 1e-9))
}

/** Whether enough of those that were reached has failed. A quotient of whole numbers equals the share or it does not: no rounding decides. */
export const isTripped = ({ failureShare, atLeast }: StopRule, { succeeded, failed }: Progress): boolean => {
  const reached = succeeded + failed
  return failed > 0 && reached >= atLeast && failed / reached >= failureShare
}

/**
 * What the canary says once all of it is over. It is judged as a whole, however small it is; one that reached nobody
 * says nothing.
 */
export const judged = (plan: CampaignPlan, progress: Progress): 'open' | 'bad' | 'silent' | 'good' => {
  const { targets, waiting, ordered, succeeded, failed } = progress
  if (ordered > 0 || targets - waiting < canarySize(plan, targets)) return 'open'
  if (isTripped({ ...plan.stopRule, atLeast: 1 }, progress)) return 'bad'
  return succeeded + failed === 0 ? 'silent' : 'good'
}

/** Whether its time is over although something is left to order. */
export const isTooLate = (plan: CampaignPlan, { waiting, lost }: Progress, at: number): boolean =>
  isPast(plan, at) && waiting + lost > 0

/** Whether every target is over, and none may be ordered again. */
export const isFinished = (plan: CampaignPlan, { waiting, ordered, notReached }: Progress, at: number): boolean =>
  waiting === 0 && ordered === 0 && (notReached === 0 || !plan.retryOffline || isPast(plan, at))

const isPast = ({ endAt }: CampaignPlan, at: number): boolean => endAt !== undefined && at >= endAt

/** How many may be ordered just now: of the canary, or of all; those whose order was lost on its way go first. */
export const roomFor = (state: 'canary' | 'running', plan: CampaignPlan, progress: Progress, at: number): number => {
  const { targets, waiting, lost, notReached } = progress
  if (isPast(plan, at) || (plan.window !== undefined && !isOpen(plan.window, at))) return 0
  if (state === 'canary') return Math.max(0, canarySize(plan, targets) - (targets - waiting)) + lost
  return waiting + lost + (plan.retryOffline ? notReached : 0)
}

/** An order that has not left its process so long after its moment is lost: whoever was to send it has died. */
export const lostAfterMs = 10_000

const busyMs = 500
const inFlightMs = 1_000
const idleMs = 5_000

/** When it must be looked at again; undefined where only a person can move it. */
export const nextLookAt = ({ state, plan, pace }: Campaign, progress: Progress, at: number): number | undefined => {
  if (finalStates.includes(state)) return undefined
  if (state === 'scheduled') return Math.max(at + busyMs, plan.startAt)
  if (state === 'stopping' || state === 'cancelling') return at + busyMs
  const inFlight = progress.ordered > 0 ? at + inFlightMs : Number.POSITIVE_INFINITY
  if (state !== 'canary' && state !== 'running') {
    const look = Math.min(
      inFlight,
      isPast(plan, at) ? Number.POSITIVE_INFINITY : (plan.endAt ?? Number.POSITIVE_INFINITY),
    )
    return Number.isFinite(look) ? look : undefined
  }
  if (plan.window !== undefined && !isOpen(plan.window, at))
    return Math.min(inFlight, opensAt(plan.window, at), Math.max(at + busyMs, plan.endAt ?? Number.POSITIVE_INFINITY))
  if (roomFor(state, { ...plan, retryOffline: false }, progress, at) === 0) return Math.min(inFlight, at + idleMs)
  const laid = pace === undefined ? at : momentOf(pace, plan.ratePerS)
  return Math.min(inFlight, Math.max(at + busyMs, laid - busyMs))
}

/** What a person may wish of a campaign. */
export const wishes = ['pause', 'resume', 'continue', 'cancel'] as const
export type Wish = (typeof wishes)[number]

const described: Readonly<Record<CampaignState, string>> = {
  scheduled: 'has not begun yet',
  canary: 'is on its canary',
  canaryPaused: 'is paused on its canary',
  awaitingGo: 'waits for its go',
  running: 'is running',
  paused: 'is paused',
  stopping: 'is stopping',
  cancelling: 'is being cancelled',
  stopped: 'has stopped',
  done: 'is done',
  cancelled: 'was cancelled',
}
const granted: Readonly<Record<Wish, string>> = {
  pause: 'only one that is running can be paused',
  resume: 'only one that is paused can be resumed',
  continue: 'only one that waits for its go can be continued',
  cancel: 'only one that is not over can be cancelled',
}

/** Why a wish makes no sense now, in a sentence. */
export const refusalOf = (wish: Wish, state: CampaignState): string =>
  `the campaign ${described[state]}: ${granted[wish]}`

/** When the last one will have been ordered if nothing comes between; undefined where that is in nobody's hands. */
export const expectedEnd = ({ state, plan, pace }: Campaign, { waiting }: Progress, at: number): number | undefined => {
  if (waiting === 0 || (state !== 'scheduled' && state !== 'canary' && state !== 'running')) return undefined
  const begins = Math.max(at, plan.startAt, pace === undefined ? 0 : momentOf(pace, plan.ratePerS))
  return doneAt((waiting * 1_000) / plan.ratePerS, begins, plan.window)
}
