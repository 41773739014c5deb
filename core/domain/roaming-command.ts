import type { Json } from '../roaming/field.ts'
import type { PartyCode } from './party-code.ts'
import type { OcpiVersion } from './roaming-partner.ts'

/** Words of OCPI for what an EMP wants of a charging station (2.3.0 mod_commands, CommandType). */
export const commandTypes = [
  'START_SESSION',
  'STOP_SESSION',
  'RESERVE_NOW',
  'CANCEL_RESERVATION',
  'UNLOCK_CONNECTOR',
] as const
export type RoamingCommandType = (typeof commandTypes)[number]

/** The same of charging profiles, which have methods instead of names (2.3.0 mod_charging_profiles). */
export const profileTypes = ['SET_PROFILE', 'GET_PROFILE', 'CLEAR_PROFILE'] as const
export type ProfileCommandType = (typeof profileTypes)[number]

/** Something a partner wants of a charging station of ours, until it has been told once what came of it. */
export interface RoamingCommand {
  readonly tenant: string
  readonly id: string
  readonly partner: string
  readonly type: RoamingCommandType | ProfileCommandType
  readonly version: OcpiVersion
  readonly responseUrl: string
  /** The party of the partner's that wants it, and the party of ours that it is wanted of, where it said so. */
  readonly from?: PartyCode
  readonly to?: PartyCode
  /** The partner's own id of its request. */
  readonly request?: string
  readonly state: RoamingCommandState
  /** The order that it is carried out by; another command may be carried out by the same one. */
  readonly order: string
  readonly chargePoint: string
  readonly session?: string
  /** As the partner calls it. Two partners may call theirs the same. */
  readonly reservation?: string
  /** By when a result was announced. */
  readonly due: number
  readonly result?: Json
  /** Since when the result is known. */
  readonly settledAt?: number
  readonly attempts: number
  /** `due`: when the result may be sent. `sending`: by when whoever sends it must have said something. */
  readonly nextAt?: number
  /** Why it has not been told. */
  readonly reason?: string
  readonly createdAt: number
  readonly changedAt: number
}

export const roamingCommandStates = [
  /** For what the station makes of it. */
  'waiting',
  /** What came of it is known, and is to be told. */
  'due',
  'sending',
  /** A connector is reserved, and the partner knows: should it be so no more, it is told once again. */
  'kept',
  'told',
  /** The partner does not want to hear it. */
  'refused',
  /** The partner could not be reached for too long. */
  'lost',
] as const
export type RoamingCommandState = (typeof roamingCommandStates)[number]

const second = 1_000
const minute = 60 * second

/** In so many seconds partners have a result, or are told that there is none. */
export const announcedS = 30
/** How long a driver has after a remote start to plug the vehicle in. */
export const startMs = 2 * minute
/** A partner that cannot be reached for longer has drawn its own conclusion. */
export const tellingMs = 10 * minute
/** Whoever was sending a result for longer is gone. */
export const sendingMs = 30 * second
/** For how long no request of the same id is taken again (S-25). */
export const replayMs = 24 * 60 * minute

/** How long to wait after the attempt of this number (from 1), in ms: twice as long each time, or as the partner says. */
export const retellAfter = (attempt: number, retryAfterMs = 0): number =>
  Math.max(retryAfterMs, Math.min(second * 2 ** (attempt - 1), minute))

/** Something that we want of a charging station of a partner's. */
export interface AskedCommand {
  readonly tenant: string
  readonly id: string
  readonly partner: string
  readonly type: RoamingCommandType
  /** As it was sent, but where the result is to be posted: only the partner knows that. */
  readonly body: Json
  /** By what the address of its result is found again; nobody can read the address. */
  readonly addressHash: string
  /** Our EMP, and the CPO that it is for. */
  readonly from?: PartyCode
  readonly to?: PartyCode
  readonly state: AskedCommandState
  /** What the partner answered at once, and what it told later. */
  readonly response?: string
  readonly result?: string
  readonly reason?: string
  /** Until when a result is waited for. */
  readonly deadline: number
  readonly createdAt: number
  readonly changedAt: number
}

export const askedCommandStates = [
  'asking',
  'waiting',
  'done',
  'refused',
  'failed',
  'timedOut',
  /** It was done; the CPO has taken the reservation back. */
  'withdrawn',
] as const
export type AskedCommandState = (typeof askedCommandStates)[number]

/** How long a partner may take to answer at once. */
export const askingMs = 15 * second
/** A result that was posted in the last moment is on its way so long. */
export const graceMs = 5 * second
