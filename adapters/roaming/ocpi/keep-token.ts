import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import type { ReceivedTokens, ToldToken } from '../../../core/ports/roaming-tokens.ts'
import type { Json } from '../../../core/roaming/field.ts'
import type { Token } from '../../../core/roaming/model.ts'
import { codeOf } from '../../../core/roaming/owner.ts'
import { listed } from '../../../core/roaming/told.ts'
import { tokenId } from './modules/tokens-receiver.ts'

/** A token as its partner has it in a list or in an answer; undefined where it is not the partner's to tell of. */
export const toldToken = ({ tenant, roles }: RoamingPartner, token: Token): ToldToken | undefined => {
  const owner = codeOf(token)
  if (!roles.some(({ code }) => code.country === owner.country && code.party === owner.party)) return undefined
  const ref = { tenant, module: 'tokens', owner, id: tokenId(token.uid, token.type) } as const
  // its fields are those of our model and whatever else the partner has said
  return { ref, decide: listed(token as Token & Json) }
}

/** Keeps the token that a partner has answered with. */
export const keepToken = async (
  { receivedTokens, clock }: { readonly receivedTokens: ReceivedTokens; readonly clock: Clock },
  partner: RoamingPartner,
  token: Token,
): Promise<void> => {
  const told = toldToken(partner, token)
  if (told !== undefined) await receivedTokens.change(partner.tenant, { partner: partner.id, at: clock.now() }, [told])
}
