import type { PartyCode } from '../domain/party-code.ts'
import type { TokenType } from '../domain/token.ts'
import type { CdrToken } from './model.ts'
import { ownerOf } from './owner.ts'
import { typeForPartners } from './token-type.ts'

/** What a session was started with, and whose driver that is. */
export interface Driver {
  /** Of the EMP. */
  readonly code: PartyCode
  readonly uid: string
  readonly type: TokenType
  readonly contract: string
}

/** (OCPI 2.3.0 mod_cdrs, CdrToken.) Hubs find the EMP by it. */
export const cdrTokenOf = ({ code, uid, type, contract }: Driver): CdrToken => ({
  ...ownerOf(code),
  uid,
  type: typeForPartners(type),
  contract_id: contract,
})
