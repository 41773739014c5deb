import type { RoamingPartner } from '../domain/roaming-partner.ts'
import type { ToldToken } from '../ports/roaming-tokens.ts'
import type { Json } from './field.ts'
import type { Token } from './model.ts'
import { codeOf } from './owner.ts'
import { listed } from './told.ts'

/** A uid alone names the token that is an RFID card; one of another type is another token (OCPI 2.3.0 mod_tokens). */
export const tokenId = (uid: string, type: string): string =>
  type.toUpperCase() === 'RFID' ? uid : `${uid} ${type.toUpperCase()}`

/** A token as its partner has it in a list, in an answer or in a command; undefined where it is not the partner's to tell of. */
export const toldToken = ({ tenant, roles }: RoamingPartner, token: Token): ToldToken | undefined => {
  const owner = codeOf(token)
  if (!roles.some(({ code }) => code.country === owner.country && code.party === owner.party)) return undefined
  const ref = { tenant, module: 'tokens', owner, id: tokenId(token.uid, token.type) } as const
  // its fields are those of our model and whatever else the partner has said
  return { ref, decide: listed(token as Token & Json) }
}
