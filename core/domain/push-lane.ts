import type { RoamingPartner } from './roaming-partner.ts'

/**
 * Modules of state, which partners are told of as they are: the latest is all that counts. Accounts are none of them:
 * each of those must arrive, and has a delivery of its own.
 */
export const pushedModules = ['locations', 'tariffs', 'tokens', 'sessions'] as const
export type PushedModule = (typeof pushedModules)[number]

/** What a partner is told of one module, one after the other. */
export interface LaneRef {
  readonly tenant: string
  readonly partner: string
  readonly module: PushedModule
}

/** The lane that a job is about: `<partner>/<module>`. Undefined for what is none. */
export const laneOfKey = (tenant: string, key: string): LaneRef | undefined => {
  const at = key.lastIndexOf('/')
  const module = pushedModules.find((one) => one === key.slice(at + 1))
  return at < 1 || module === undefined ? undefined : { tenant, partner: key.slice(0, at), module }
}

export const keyOfLane = ({ partner, module }: Pick<LaneRef, 'partner' | 'module'>): string => `${partner}/${module}`

/** How a partner has been answering on a lane. */
export interface Pace {
  /** How many times in a row it could not be reached, or did not do what it should have. */
  readonly faults: number
  readonly pausedUntil?: number
}

export const openPace: Pace = { faults: 0 }

/** What telling an object came to. */
export type Told =
  | { readonly type: 'told' }
  /** The same again would be refused again. */
  | { readonly type: 'refused'; readonly reason: string }
  /**
   * Later again. `isItsOwn`: it may be the object that the partner cannot take, and others may fare better; else nobody
   * would now.
   */
  | { readonly type: 'failed'; readonly reason: string; readonly isItsOwn: boolean; readonly retryAfterMs?: number }

const second = 1_000
const minute = 60 * second
const mostFaults = 5
const longestPauseMs = 5 * minute
const longestAskedMs = 60 * minute

/** Twice as long each time; whoever says when to come again is asked then. */
const waitAfter = (faults: number, longestMs: number): number => Math.min(second * 2 ** (faults - 1), longestMs)

/**
 * After several faults in a row nobody asks for a while, nor where a partner cannot be reached at all or has said when to
 * come again. One that answers, whatever it answers, is there.
 */
export const paceAfter = ({ faults: before, pausedUntil }: Pace, told: Told, now: number): Pace => {
  const stays = pausedUntil !== undefined && pausedUntil > now ? pausedUntil : undefined
  if (told.type !== 'failed') return stays === undefined ? openPace : { faults: before, pausedUntil: stays }
  // what was on its way with the one that has failed is no fault more
  const faults = stays === undefined ? before + 1 : before
  const pause = pauseOf(told, faults)
  const until = Math.max(stays ?? 0, pause === undefined ? 0 : now + pause)
  return until === 0 ? { faults } : { faults, pausedUntil: until }
}

const pauseOf = ({ isItsOwn, retryAfterMs }: Extract<Told, { type: 'failed' }>, faults: number): number | undefined => {
  if (retryAfterMs !== undefined) return Math.min(Math.max(retryAfterMs, second), longestAskedMs)
  if (!isItsOwn) return waitAfter(faults, longestPauseMs)
  return faults < mostFaults ? undefined : waitAfter(faults - mostFaults + 1, longestPauseMs)
}

export const isPaused = ({ pausedUntil }: Pace, now: number): boolean => pausedUntil !== undefined && pausedUntil > now

/** How many requests may be on their way to a partner from one lane: after a pause only one, to see whether it is back. */
export const roomIn = ({ faults, pausedUntil }: Pace, most: number): number =>
  faults >= mostFaults || pausedUntil !== undefined ? 1 : most

/** After this long whoever holds a lane is gone: more than twice what a round of it may take. */
export const leaseMs = 3 * minute

/** How long an object waits after so many attempts that have failed (from 1). */
export const retryAfter = (attempts: number): number => Math.min(2 * second * 2 ** (attempts - 1), 30 * minute)

/** How the partner is registered: whoever registers anew, in another version or at another address, is told all anew. */
export const registrationMark = (
  { version, registeredAt, endpoints }: Pick<RoamingPartner, 'version' | 'registeredAt' | 'endpoints'>,
  module: PushedModule,
): string => [version ?? '', registeredAt ?? '', endpoints.find((one) => isOf(one, module))?.url ?? ''].join(' ')

/** Whether it is told of a module at all. */
export const isTold = ({ endpoints }: Pick<RoamingPartner, 'endpoints'>, module: PushedModule): boolean =>
  endpoints.some((one) => isOf(one, module))

const isOf = (endpoint: RoamingPartner['endpoints'][number], module: PushedModule): boolean =>
  endpoint.module === module && endpoint.role === 'RECEIVER'
