import type { Reading } from './meter.ts'
import type { SessionLimits } from './session-limits.ts'
import type { PresentedToken } from './token.ts'

/** One event of a session as 2.x tells it (2.0.1 part 2 E, TransactionEvent), in no version's words. */
export interface SessionEventOf {
  readonly phase: 'started' | 'updated' | 'ended'
  readonly transaction: string
  /** The station's own order of the events (INV-26). */
  readonly seq: number
  /** Why it is told, as the station wrote it: `CablePluggedIn`. */
  readonly trigger: string
  readonly at: number
  /** It tells of the past: the station was not connected then. */
  readonly isOffline: boolean
  /** Each of these is told once, with the first event for which it is known. */
  readonly evse?: number
  readonly connector?: number
  readonly token?: PresentedToken
  readonly reservation?: number
  readonly remoteStart?: number
  readonly charging?: ChargingState
  /** Why it ended; `Local` where an end says nothing. */
  readonly reason?: string
  readonly readings: readonly Reading[]
  readonly flags: readonly string[]
  /** What the station has worked out itself (2.1), in its own words. */
  readonly cost?: Readonly<Record<string, unknown>>
  readonly tariff?: string
  /** How far the driver wants it to go, or what the station has been told (2.1). */
  readonly limits?: SessionLimits
}

export const chargingStates = ['idle', 'connected', 'charging', 'suspendedByVehicle', 'suspendedByStation'] as const
export type ChargingState = (typeof chargingStates)[number]
