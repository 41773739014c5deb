import type { AuthorizationStatus } from '../../core/domain/authorization.ts'
import { parseInstant } from '../../core/domain/instant.ts'
import type { SessionState } from '../../core/domain/session.ts'
import type { Direction, TraceKind } from '../../core/domain/trace.ts'

/** Resources as the API shows them. */

export interface SessionShown {
  readonly id: string
  readonly chargePoint: string
  readonly evse: number
  readonly transaction: string | null
  readonly authorization: AuthorizationStatus | null
  readonly state: SessionState
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly meterStartWh: number | null
  readonly meterStopWh: number | null
  readonly energyWh: number | null
  readonly stopReason: string | null
}

export interface FrameShown {
  readonly at: string
  readonly kind: TraceKind
  readonly direction: Direction | null
  readonly action: string | null
  readonly messageId: string | null
  readonly latencyMs: number | null
  readonly verdict: string | null
  readonly frame: unknown
}

/** A frame of the journal, or one reading of a session. */
export interface MessageShown {
  readonly kind: string
  readonly receivedAt: string
  readonly protocol: string
  readonly frame: unknown
  readonly reading: unknown
}

export const msOf = (text: string): number => parseInstant(text)?.ms ?? 0
