import type { DateTime, DisplayText, Open, Owner } from './basics.ts'
import type { ProfileType } from './session.ts'

/** What drivers present, and whether they may charge with it (OCPI 2.3.0 mod_tokens). */
export interface Token extends Owner {
  readonly uid: string
  readonly type: TokenType
  readonly contract_id: string
  readonly visual_number?: string
  readonly issuer: string
  readonly group_id?: string
  readonly valid: boolean
  readonly whitelist: WhitelistType
  /** ISO 639-1. */
  readonly language?: string
  readonly default_profile_type?: ProfileType
  readonly energy_contract?: EnergyContract
  readonly last_updated: DateTime
}

export type TokenType = Open<'AD_HOC_USER' | 'APP_USER' | 'EMAID' | 'OTHER' | 'RFID'>
export type WhitelistType = 'ALWAYS' | 'ALLOWED' | 'ALLOWED_OFFLINE' | 'NEVER'

export interface EnergyContract {
  readonly supplier_name: string
  readonly contract_id?: string
}

/** Whose tokens may see a location that is not published. */
export interface PublishToken {
  readonly uid?: string
  readonly type?: TokenType
  readonly visual_number?: string
  readonly issuer?: string
  readonly group_id?: string
}

/** What an EMP is asked about, and what it answers (real-time authorization). */
export interface LocationReferences {
  readonly location_id: string
  readonly evse_uids?: readonly string[]
}

export interface AuthorizationInfo {
  readonly allowed: 'ALLOWED' | 'BLOCKED' | 'EXPIRED' | 'NO_CREDIT' | 'NOT_ALLOWED'
  readonly token: Token
  readonly location?: LocationReferences
  readonly authorization_reference?: string
  readonly info?: DisplayText
}
