/** The time of day and the time that only goes forward, handed in so that tests and the simulation own them. */
export interface Clock {
  /** Milliseconds since 1970 UTC. May jump; for what is stored and shown. */
  now(): number
  /** Milliseconds since some start. Never jumps; for durations and timeouts. */
  monotonic(): number
}
