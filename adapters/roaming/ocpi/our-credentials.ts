import { partyFor, type PartnerRole, type Quirks, type Side } from '../../../core/domain/roaming-partner.ts'
import { credentialsOf, olderCredentialsOf } from './credentials.ts'
import { type OcpiParts, versionsUrlOf } from './parts.ts'

interface Telling {
  readonly tenant: string
  readonly token: string
  readonly roles: readonly PartnerRole[]
  readonly quirks: Pick<Quirks, 'party'>
  /** In 2.1.1: as what we speak. */
  readonly side?: Side | undefined
}

/** What we tell a partner of us. Undefined where one party must speak, and nobody has said which of ours that is. */
export const ourCredentials = (
  parts: Pick<OcpiParts, 'publicUrl'>,
  { tenant, token, roles, quirks, side }: Telling,
): unknown => {
  const url = versionsUrlOf(parts, tenant, side)
  if (side === undefined) return credentialsOf(token, url, roles)
  const party = partyFor(roles, side, quirks)
  return party && olderCredentialsOf(token, url, party)
}
