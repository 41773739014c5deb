import type { Authorization } from '../../domain/authorization.ts'
import { formatInstant } from '../../domain/instant.ts'
import { clean } from '../../domain/text.ts'
import type { PresentedToken, TokenType } from '../../domain/token.ts'
import type { Protocol2 } from '../version.ts'

/** Tokens in the words of 2.x (2.0.1 part 2 §2.14 IdTokenType), and what is told of one. */

export interface IdToken {
  readonly idToken: string
  readonly type: string
}

const types: Readonly<Record<string, TokenType>> = {
  Central: 'APP',
  eMAID: 'EVCO',
  ISO14443: 'RFID',
  ISO15693: 'RFID',
  MacAddress: 'MAC',
  EVCCID: 'MAC',
}

/** What was presented; a type that is not ours to tell apart is one of those that their operators registered as OTHER. */
export const presentedOf = ({ idToken, type }: IdToken): PresentedToken => ({
  uid: clean(idToken),
  type: types[type] ?? 'OTHER',
  wireType: clean(type, 50),
})

const wireTypes: Readonly<Record<TokenType, string>> = {
  APP: 'Central',
  EVCO: 'eMAID',
  MAC: 'MacAddress',
  RFID: 'ISO14443',
  OTHER: 'Local',
}

/** A token as it is told to a station. Without a type it is one that the operator vouches for: Central. */
export const idTokenFor = (uid: string, type: TokenType = 'APP'): IdToken => ({
  idToken: uid,
  type: wireTypes[type],
})

/** How long a token may be in each version. */
export const longestToken: Readonly<Record<Protocol2, number>> = { 'ocpp2.0.1': 36, 'ocpp2.1': 255 }

/** idTokenInfo: Authorize, TransactionEvent and the local list say the same about a token. */
export const idTokenInfo = (
  { status, expiresAt, groupId }: Omit<Authorization, 'contract' | 'maxCost'>,
  protocol: Protocol2,
): object => ({
  status,
  ...(expiresAt !== undefined && { cacheExpiryDateTime: formatInstant(expiresAt) }),
  ...(groupId !== undefined && { groupIdToken: idTokenFor(groupId.slice(0, longestToken[protocol])) }),
})
