import type { Term } from './contract.ts'
import type { Decimal } from './decimal.ts'

/** What a driver presents: an RFID card, an app, a contract (EVCO ID), a plate or MAC address. */

export const tokenTypes = ['RFID', 'APP', 'EVCO', 'MAC', 'OTHER'] as const
export type TokenType = (typeof tokenTypes)[number]

export const tokenStatuses = ['Accepted', 'Blocked', 'Expired', 'Invalid'] as const
export type TokenStatus = (typeof tokenStatuses)[number]

export interface Token {
  readonly uid: string
  /** Empty = issued by ourselves; else the EMP that issued it. */
  readonly issuer: string
  readonly type: TokenType
  readonly status: TokenStatus
  readonly groupId?: string
  /** Milliseconds since 1970 UTC. */
  readonly expiresAt?: number
  readonly contract?: string
  /** Sessions at the same time; absent = any number. */
  readonly mostSessions?: number
  /** For so many seconds a station may rely on an answer while it is offline; absent = as long as the token is valid. */
  readonly cacheS?: number
  /** What is left on it, where it is prepaid: no session may cost more (2.1 C17), and no station relies on it for later. */
  readonly credit?: Decimal
  /** It is a roaming partner's, who has told us of it. */
  readonly roaming?: OfPartner
  /** The contracts that it is or was a token of; absent: none has it, and `contract` is but a text that goes with it. */
  readonly terms?: readonly Term[]
}

/** Whether its EMP is asked when a token is presented (OCPI 2.3.0 mod_tokens, WhitelistType). */
export const whitelists = ['ALWAYS', 'ALLOWED', 'ALLOWED_OFFLINE', 'NEVER'] as const
export type Whitelist = (typeof whitelists)[number]

export interface OfPartner {
  readonly partner: string
  readonly whitelist: Whitelist
  /** Its type, in the partner's words. */
  readonly type: string
}

/** A token as it was presented: itself, or by the tag that stands for it at one station (a remote start of OCPP 1.6). */
export interface Presented extends Token {
  readonly tag?: { readonly chargePoint: string }
}

/** Tokens are equal regardless of case (OCPP 1.6 §5.1: idToken is a CiString); spaces around them are noise of readers. */
export const tokenKey = (uid: string): string => uid.trim().toLowerCase()

/** What a station says was presented to it; 1.6 does not say what it is. */
export interface PresentedToken {
  readonly uid: string
  /** Absent: not known, any type will do. */
  readonly type?: TokenType
  /** As the station wrote it, `ISO14443`. */
  readonly wireType?: string
}

/**
 * Whether a token may be what a station calls it. One of type OTHER was given no type by its operator; what a remote start
 * presents is called APP whatever it stands for; and 1.6 says nothing.
 */
export const isOfType = (token: Pick<Token, 'type'>, type: TokenType | undefined): boolean =>
  type === undefined || type === 'APP' || token.type === 'OTHER' || token.type === type
