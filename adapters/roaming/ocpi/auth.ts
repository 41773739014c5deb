import { isRegistered } from '../../../core/domain/roaming-partner.ts'
import type { TokenHolder } from '../../../core/ports/roaming-partners.ts'
import type { OcpiParts } from './parts.ts'
import { hashOf, type Shown, tokensIn } from './token.ts'

/** A partner that has shown a token of ours. */
export interface Presented extends TokenHolder {
  /** As it is, never as it was written. */
  readonly token: string
}

/**
 * Whose request this is. Without a look into the database for whoever has been here before; a token that was shown for the
 * first time ends the ones before it.
 */
export const presented = async (
  { partners, access, digest, clock }: Pick<OcpiParts, 'partners' | 'access' | 'digest' | 'clock'>,
  tenant: string,
  header: string | null,
): Promise<Presented | undefined> => {
  for (const shown of tokensIn(header)) {
    const hash = hashOf(digest, shown.token)
    const known = await access.find(tenant, hash)
    // a registration that has just been made may not have been heard of here
    const holder = known?.issued.use === 'access' && !isRegistered(known.partner) ? await access.renew(tenant, hash) : known
    if (holder === undefined || !takes(holder, shown)) continue
    if (holder.issued.retires) {
      await partners.shown(tenant, hash, clock.now())
      access.forget()
    }
    return { ...holder, token: shown.token }
  }
  return undefined
}

const takes = ({ partner: { quirks } }: TokenHolder, { form }: Shown): boolean =>
  quirks.tokenIn === 'either' || quirks.tokenIn === form
