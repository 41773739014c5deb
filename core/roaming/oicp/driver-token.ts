import type { PartyCode } from '../../domain/party-code.ts'
import type { TokenType } from '../../domain/token.ts'
import { dateTime } from '../date-time.ts'
import type { Token } from '../model.ts'
import { ownerOf } from '../owner.ts'
import { typeForPartners } from '../token-type.ts'
import { evcoIdOf } from './identifiers.ts'

/** What a hub has said of a driver. */
interface Said {
  readonly uid: string
  readonly type: TokenType
  /** Absent: the hub does not say which contract a card is of. */
  readonly contract?: string
  readonly code: PartyCode
  /** The ProviderID, as the hub writes it. */
  readonly provider: string
}

/** A driver behind a hub as a token of its EMP: good for what it came with, and asked about again next time. */
export const driverToken = ({ uid, type, contract, code, provider }: Said, at: number): Token => ({
  ...ownerOf(code),
  uid,
  type: typeForPartners(type),
  contract_id: contract ?? evcoIdOf(uid) ?? uid,
  issuer: provider,
  valid: true,
  whitelist: 'NEVER',
  last_updated: dateTime(at),
})
