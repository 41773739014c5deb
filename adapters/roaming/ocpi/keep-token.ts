import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import type { ReceivedTokens } from '../../../core/ports/roaming-tokens.ts'
import type { Token } from '../../../core/roaming/model.ts'
import { toldToken } from '../../../core/roaming/told-token.ts'

/** Keeps the token that a partner has answered with. */
export const keepToken = async (
  { receivedTokens, clock }: { readonly receivedTokens: ReceivedTokens; readonly clock: Clock },
  partner: RoamingPartner,
  token: Token,
): Promise<void> => {
  const told = toldToken(partner, token)
  if (told !== undefined) await receivedTokens.change(partner.tenant, { partner: partner.id, at: clock.now() }, [told])
}
