import { formatPartyCode } from '../core/domain/party-code.ts'
import type { PresentedTokens } from '../core/ports/roaming-commands.ts'
import type { ReceivedTokens } from '../core/ports/roaming-tokens.ts'
import type { Store } from '../core/ports/store.ts'
import type { Tokens } from '../core/ports/tokens.ts'
import { codeOf } from '../core/roaming/owner.ts'
import { toldToken } from '../core/roaming/told-token.ts'

interface Parts {
  readonly tokens: Pick<Tokens, 'find'>
  readonly store: Pick<Store['tokens'], 'find'>
  readonly receivedTokens: Pick<ReceivedTokens, 'change'>
}

/** Tokens that are made for one session are good for no other one. */
const passingMs = 24 * 60 * 60_000

/**
 * Tokens that came with commands. Their EMP has let them in already, so they are not looked at; one that nobody has told
 * us of is kept as its partner's, so that its station is told the same, and its EMP is asked about it later where it wants
 * to be.
 */
export const presentedTokens = ({ tokens, store, receivedTokens }: Parts): PresentedTokens => ({
  async keep(partner, token, at) {
    const { tenant } = partner
    const issuer = formatPartyCode(codeOf(token))
    const found = await tokens.find(tenant, token.uid)
    // a session would be the driver's whose token it is here
    if (found !== undefined && found.issuer !== issuer) return false
    const had = found ?? (await store.find(tenant, token.uid, issuer))
    const isPassing = token.type === 'APP_USER' || token.type === 'AD_HOC_USER'
    // what was made for one session is here again for another one
    const isAgain = isPassing && had?.roaming !== undefined && had.expiresAt !== undefined
    if (had !== undefined && !isAgain) return true
    const one = toldToken(partner, token)
    if (one === undefined) return false
    await receivedTokens.change(tenant, { partner: partner.id, at }, [
      isPassing ? { ...one, goodUntil: at + passingMs } : one,
    ])
    return true
  },
})
