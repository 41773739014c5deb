/** Something later. `after` never calls back in the same turn; a cancelled timer is not heard of again. */
export interface Timers {
  after(ms: number, then: () => void): () => void
  /** When what has arrived by now has been heard: the next turn of the event loop, without any waiting. */
  soon(then: () => void): void
}
