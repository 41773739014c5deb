/** How a provider of SIMs is asked: evenly, never more often than it likes, and seldom while it does not answer. */

const second = 1_000
const minute = 60 * second

/** How long nothing is asked after so many attempts in a row that came to nothing (from 1), or as the provider says. */
export const pauseAfter = (faults: number, retryAfterMs: number | undefined, spread: number): number =>
  retryAfterMs === undefined
    ? jittered(Math.min(15 * second * 2 ** (faults - 1), 15 * minute), spread)
    : Math.min(Math.max(retryAfterMs, second), 24 * 60 * minute)

/** A fifth more or less, by chance from 0 to 1: what begins together does not go on together. */
export const jittered = (ms: number, spread: number): number => Math.round(ms * (0.8 + 0.4 * spread))

/** The time between two requests. */
export const gapOf = (perMinute: number): number => Math.ceil(minute / perMinute)

/** A SIM that its provider says nothing of is not asked for again before: others come first. */
export const putOffMs = 30 * minute
