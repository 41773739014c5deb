/** Something later. `after` never calls back in the same turn; a cancelled timer is not heard of again. */
export interface Timers {
  after(ms: number, then: () => void): () => void
}
