import { isRegistered } from '../../../core/domain/roaming-partner.ts'
import type { TokenHolder } from '../../../core/ports/roaming-partners.ts'
import type { OcpiParts } from './parts.ts'
import { hashOf, isOurs, type Shown, tokensIn } from './token.ts'

/** A partner that has shown a token of ours. */
export interface Presented extends TokenHolder {
  /** As it is, never as it was written. */
  readonly token: string
}

interface Showing {
  readonly tenant: string
  readonly header: string | null
  /** Whom failures count for. */
  readonly address: string
  /** At an address for 2.1.1, where tokens are written as they are. */
  readonly isOlder: boolean
}

type AuthParts = Pick<OcpiParts, 'partners' | 'access' | 'digest' | 'clock' | 'failures' | 'requests'>

/**
 * Whose request this is. Without a look into the database for whoever has been here before; a token that was shown for the
 * first time ends the ones before it. `tooMany`: from this address, or of this partner.
 */
export const presented = async (
  parts: AuthParts,
  { tenant, header, address, isOlder }: Showing,
): Promise<Presented | 'tooMany' | undefined> => {
  const { partners, access, digest, clock, failures, requests } = parts
  for (const shown of tokensIn(header).filter(({ token }) => isOurs(token))) {
    const hash = hashOf(digest, shown.token)
    if (!access.isKnown(tenant, hash) && failures.isExhausted(address)) return 'tooMany'
    const holder = await holderOf(parts, tenant, hash)
    if (holder === undefined || !takes(holder, shown, isOlder)) continue
    const name = `${tenant}/${holder.partner.id}`
    if (requests.isExhausted(name)) return 'tooMany'
    requests.spend(name)
    if (holder.issued.retires) {
      await partners.shown(tenant, hash, clock.now())
      access.forget()
    }
    return { ...holder, token: shown.token }
  }
  failures.spend(address)
  return undefined
}

const holderOf = async (
  { access }: Pick<AuthParts, 'access'>,
  tenant: string,
  hash: string,
): Promise<TokenHolder | undefined> => {
  const known = await access.find(tenant, hash)
  // a registration that has just been made may not have been heard of here
  return known?.issued.use === 'access' && !isRegistered(known.partner) ? access.renew(tenant, hash) : known
}

const takes = ({ partner: { version, quirks } }: TokenHolder, { form }: Shown, isOlder: boolean): boolean =>
  isOlder || version === '2.1.1' || quirks.tokenIn === 'either' || quirks.tokenIn === form
