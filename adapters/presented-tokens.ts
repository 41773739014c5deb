import { formatPartyCode } from '../core/domain/party-code.ts'
import type { PresentedTokens } from '../core/ports/roaming-commands.ts'
import type { Store } from '../core/ports/store.ts'
import type { Tokens } from '../core/ports/tokens.ts'
import { codeOf } from '../core/roaming/owner.ts'
import { tokenFrom } from '../core/roaming/token-from.ts'

interface Parts {
  readonly tokens: Pick<Tokens, 'find'>
  readonly store: Pick<Store['tokens'], 'find' | 'put'>
}

/** Tokens that are made for one session are good for no other one. */
const passingMs = 24 * 60 * 60_000
/** A station that is offline later is not to rely on what one command said. */
const cacheS = 60

/**
 * Tokens that came with commands. Their EMP has let them in already, so they are not looked at; one that nobody has told
 * us of is kept as it was presented, so that its station is told the same.
 */
export const presentedTokens = ({ tokens, store }: Parts): PresentedTokens => ({
  async keep(tenant, token, at) {
    const issuer = formatPartyCode(codeOf(token))
    const found = await tokens.find(tenant, token.uid)
    // a session would be the driver's whose token it is here
    if (found !== undefined && found.issuer !== issuer) return false
    if (found !== undefined || (await store.find(tenant, token.uid, issuer)) !== undefined) return true
    const { object } = tokenFrom(token)
    const isPassing = token.type === 'APP_USER' || token.type === 'AD_HOC_USER'
    await store.put(
      tenant,
      [{ ...object, status: 'Accepted', cacheS, ...(isPassing && { expiresAt: at + passingMs }) }],
      at,
    )
    return true
  },
})
