/**
 * The even grid on which orders are laid. It is stored with the campaign, so that neither a crash nor another worker nor
 * a pause ever makes up for what was not ordered: a second holds no more than its share.
 */
export interface Pace {
  /** Where the grid begins, ms since 1970 UTC. */
  readonly from: number
  /** How many places of it are taken. */
  readonly count: number
}

/** So far ahead places are taken; a look every half of it leaves no gap. */
const aheadMs = 1_000

/** The next free place. */
export const momentOf = ({ from, count }: Pace, ratePerS: number): number =>
  from + Math.floor((count * 1_000) / ratePerS)

/** Takes places for the next second, at most `most`. A grid that has fallen behind begins anew: what was missed is not made up for. */
export const layOut = (
  before: Pace | undefined,
  ratePerS: number,
  at: number,
  most: number,
): { readonly pace: Pace; readonly moments: readonly number[] } => {
  let pace = before === undefined || momentOf(before, ratePerS) < at ? { from: at, count: 0 } : before
  const moments: number[] = []
  for (let next = momentOf(pace, ratePerS); moments.length < most && next < at + aheadMs;) {
    moments.push(next)
    pace = { ...pace, count: pace.count + 1 }
    next = momentOf(pace, ratePerS)
  }
  return { pace, moments }
}

/** The most by which an order may come after its place, so that it never meets the next one. */
export const mostJitterMs = (ratePerS: number, jitter: number): number => Math.floor((jitter * 1_000) / ratePerS)

/** Hours of the day, in minutes since midnight UTC; it may go over midnight. `to` is outside. */
export interface Window {
  readonly from: number
  readonly to: number
}

const minute = 60_000
const day = 24 * 60 * minute

const since = (minutes: number, at: number): number => (at - minutes * minute - Math.floor(at / day) * day + day) % day
const lengthOf = ({ from, to }: Window): number => ((to - from) * minute + day) % day || day

export const isOpen = (window: Window, at: number): boolean => since(window.from, at) < lengthOf(window)

/** When it opens next; now, where it is open. */
export const opensAt = (window: Window, at: number): number =>
  isOpen(window, at) ? at : at + day - since(window.from, at)

/** When so much work is done that begins at `from` and goes on while the window is open. */
export const doneAt = (workMs: number, from: number, window: Window | undefined): number => {
  if (window === undefined) return from + workMs
  let at = opensAt(window, from)
  const whole = Math.max(0, Math.ceil(workMs / lengthOf(window)) - 1)
  let left = workMs - whole * lengthOf(window)
  const today = lengthOf(window) - since(window.from, at)
  at += whole * day
  if (left > today) {
    left -= today
    at = opensAt(window, at + today)
  }
  return at + left
}
