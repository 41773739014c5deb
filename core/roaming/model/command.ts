import type { DateTime, DisplayText } from './basics.ts'
import type { Token } from './token.ts'

/** What an EMP wants of a charging station, and what became of it (OCPI 2.3.0 mod_commands). */
interface Answered {
  /** Where the result is posted to. */
  readonly response_url: string
}

export interface StartSession extends Answered {
  readonly token: Token
  readonly location_id: string
  readonly evse_uid?: string
  readonly connector_id?: string
  readonly authorization_reference?: string
}

export interface StopSession extends Answered {
  readonly session_id: string
}

export interface ReserveNow extends Answered {
  readonly token: Token
  readonly expiry_date: DateTime
  readonly reservation_id: string
  readonly location_id: string
  readonly evse_uid?: string
  readonly authorization_reference?: string
}

export interface CancelReservation extends Answered {
  readonly reservation_id: string
}

export interface UnlockConnector extends Answered {
  readonly location_id: string
  readonly evse_uid: string
  readonly connector_id: string
}

/** Whether the CPO passes it on; in `timeout` seconds the result is there, or will not come. */
export interface CommandResponse {
  readonly result: CommandResponseType
  readonly timeout: number
  readonly message?: readonly DisplayText[]
}

export type CommandResponseType = 'NOT_SUPPORTED' | 'REJECTED' | 'ACCEPTED' | 'UNKNOWN_SESSION'

/** What the charging station made of it. */
export interface CommandResult {
  readonly result: CommandResultType
  readonly message?: readonly DisplayText[]
}

export type CommandResultType =
  | 'ACCEPTED'
  | 'CANCELED_RESERVATION'
  | 'EVSE_OCCUPIED'
  | 'EVSE_INOPERATIVE'
  | 'FAILED'
  | 'NOT_SUPPORTED'
  | 'REJECTED'
  | 'TIMEOUT'
  | 'UNKNOWN_RESERVATION'
