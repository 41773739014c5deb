/** How badly a station behaves; every share is of 1. What it is about is in handbook/ocpp.md §9: real stations do it all. */
export interface Chaos {
  /** Of its CALLs: the socket goes right before or right after, so that nobody knows whether it has arrived. */
  readonly drops: number
  /** Of its CALLs: said twice, with the same message id or another, at once or seconds later. */
  readonly doubles: number
  /** Of its CALLs: more fields, longer texts, other words than the schema has; energy and time are as they should be. */
  readonly untidy: number
  /** Of its CALLs: under a message id that it has used before. */
  readonly usedIds: number
  /** How many CALLs it may have unanswered at once. */
  readonly width: number
  /** Of its answers: they come later, after so many ms at most. */
  readonly lateAnswers: number
  readonly latestMs: number
  /** Of its readings: the register trembles. */
  readonly jitters: number
  /** Of its sessions: a reading comes after the stop. */
  readonly afterStop: number
  /** Of its sessions: the start is lost in the station, and the stop is all that is ever told, for transaction -1. */
  readonly lostStarts: number
  /** Every so many seconds, on average, something else comes over it: see whims.ts. */
  readonly whimS: number
  /** How long it stays away, at most, when the socket has gone. */
  readonly longestAwayMs: number
}

export const defaultChaos: Chaos = {
  drops: 0.04,
  doubles: 0.15,
  untidy: 0.3,
  usedIds: 0.05,
  width: 4,
  lateAnswers: 0.3,
  latestMs: 5_000,
  jitters: 0.3,
  afterStop: 0.3,
  lostStarts: 0.05,
  whimS: 6,
  longestAwayMs: 4_000,
}
