import type { ChargePointRef } from '../domain/charge-point.ts'
import type { PartyCode } from '../domain/party-code.ts'
import type { TokenType } from '../domain/token.ts'
import type { LocationReferences } from '../roaming/model.ts'
import type { OwnToken } from '../roaming/own-token.ts'
import type { DecideReceived, ObjectRef, ReceivedObject } from './roaming.ts'

/** One token that a partner has told us of, and what is to become of what we have. */
export interface ToldToken {
  readonly ref: ObjectRef
  readonly decide: DecideReceived
  /** It was made to be used now, and is good for nobody who presents it later (ms since 1970 UTC). */
  readonly goodUntil?: number
}

/**
 * Tokens of partners: each as it was told, and in the same commit as one that stations may present, so that whoever
 * remembers it hears of the change. Implementation: adapters/postgres/received-tokens.ts.
 */
export interface ReceivedTokens {
  /** All in one commit, the answers in their order. What is as it was is not written, and nobody hears of it. */
  change(
    tenant: string,
    told: { readonly partner: string; readonly at: number },
    tokens: readonly ToldToken[],
  ): Promise<readonly (ReceivedObject | 'stale' | 'unknown')[]>
  find(ref: ObjectRef, partner: string): Promise<ReceivedObject | undefined>
}

/** A partner has said yes to one of its drivers at one of our stations. */
export interface Yes {
  readonly ref: ChargePointRef
  readonly partner: string
  readonly reference?: string
  readonly at: number
  /** In the partner's words. */
  readonly owner: PartyCode
  readonly uid: string
  readonly type: TokenType
  readonly contract?: string
}

/** What is known of a token at a station, beside the token itself; times in ms since 1970 UTC. */
export interface AtStation {
  /** When its partner last ordered a session with it here, and last said yes to it here. */
  readonly commandedAt?: number
  readonly allowedAt?: number
  /** By the partner's word when it last did either. */
  readonly contract?: string
  /** It has an open session here. */
  readonly isCharging: boolean
}

/** What real-time authorization looks up and writes down. Implementation: adapters/postgres/roaming-authorizations.ts. */
export interface RoamingAuthorizations {
  atStation(ref: ChargePointRef, uid: string, since: number): Promise<AtStation>
  /** Where a charge point stands, as partners know it: a location and its EVSEs, or the one that is asked for. */
  placeOf(ref: ChargePointRef, evse?: number): Promise<LocationReferences | undefined>
  note(yes: Yes): Promise<void>
}

/** We have said yes to a partner about a token of ours. */
export interface Grant {
  readonly tenant: string
  /** Ours: the partner has it in its session and its CDR. */
  readonly reference: string
  readonly partner: string
  readonly uid: string
  readonly type: TokenType
  readonly contract: string
  /** Where its driver stands, as far as the partner has said. */
  readonly place?: LocationReferences
  readonly at: number
}

/** Tokens of contracts with EMPs of our own, for partners that ask. Implementation: adapters/postgres/own-tokens.ts. */
export interface OwnTokens {
  /** By what is presented, whatever its case; a contract's name in any of its spellings. */
  find(tenant: string, uid: string, type: TokenType): Promise<OwnToken | undefined>
  /** The latest token of a contract, by its name in any spelling; where it has none, the contract itself. */
  ofContract(tenant: string, contract: string): Promise<OwnToken | undefined>
  grant(grant: Grant): Promise<void>
}
