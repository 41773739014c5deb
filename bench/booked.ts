/** A session as a station's own books have it: what the server's books are held against, whatever version was spoken. */
export interface Booked {
  /** 1.6 is told it by the server, 2.x makes it up. */
  readonly transactionId: string | number | undefined
  readonly startedAt: number
  readonly meterStart: number
  meterStop: number | undefined
  stoppedAt: number | undefined
  startAnswered: boolean
  stopAnswered: boolean
  /** Whether the server did not let its card charge. */
  isRefused: boolean
  /** Its start is never told: the station has lost it, and knows the session's end only (1.6 errata 3.18). */
  readonly isStray?: true
}

/**
 * The true energy of a session in Wh: the register at its end less the one at its start, as they were sent. No reading
 * between them counts, whatever it says; undefined while there is no end.
 */
export const energyOf = ({ meterStart, meterStop }: Booked): number | undefined =>
  meterStop === undefined ? undefined : meterStop - meterStart
