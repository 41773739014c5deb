import type { PartyCode } from '../domain/party-code.ts'
import type { Token } from '../domain/token.ts'
import { dateTime } from './date-time.ts'
import type { Loss, Mapped } from './mapped.ts'
import type { Token as TokenObject, WhitelistType } from './model.ts'
import { ownerOf } from './owner.ts'
import { typeForPartners } from './token-type.ts'

/** What a token does not say of itself. */
export interface AboutToken {
  /** Of the EMP that it is of. */
  readonly code: PartyCode
  /** The name of the company that is printed on it. */
  readonly issuer: string
  readonly whitelist: WhitelistType
  /** The contract that it belongs to now; absent: none. */
  readonly contract?: string
  readonly isValid: boolean
  readonly updatedAt: number
}

/** A token of ours for the CPOs where it is used (OCPI 2.3.0 mod_tokens). */
export const tokenObject = (token: Token, about: AboutToken): Mapped<TokenObject> => {
  const { uid, type, groupId } = token
  const { code, issuer, whitelist, contract, isValid, updatedAt } = about
  if (contract === undefined) return { impossible: ['it belongs to no contract'] }
  return {
    object: {
      ...ownerOf(code),
      uid,
      type: typeForPartners(type),
      contract_id: contract,
      issuer,
      ...(groupId !== undefined && { group_id: groupId }),
      valid: isValid,
      whitelist,
      last_updated: dateTime(updatedAt),
    },
    losses: lossesOf(token),
  }
}

const lossesOf = ({ type, expiresAt, mostSessions, credit }: Token): readonly Loss[] => [
  ...(type === 'MAC' ? [{ pointer: '/type', detail: 'an address of a vehicle is said as OTHER' }] : []),
  ...(expiresAt === undefined ? [] : [{ pointer: '/valid', detail: 'that it will expire cannot be said' }]),
  ...(mostSessions === undefined
    ? []
    : [{ pointer: '/valid', detail: `that it is for ${mostSessions} sessions at a time cannot be said` }]),
  ...(credit === undefined ? [] : [{ pointer: '/valid', detail: 'what is left on it cannot be said' }]),
]
