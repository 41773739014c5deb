import type { PartnerRole } from '../../../core/domain/roaming-partner.ts'
import type { PartyStore } from '../../../core/ports/market.ts'

/**
 * The parties of ours that partners deal with: operators with a code, by their ids. EMPs of the market are whoever provides
 * for drivers here, mostly partners themselves, and so none of ours.
 */
export const ownRoles =
  (parties: Pick<PartyStore, 'list'>) =>
  async (tenant: string): Promise<readonly PartnerRole[]> => {
    const roles: PartnerRole[] = []
    let cursor: string | undefined
    do {
      const page = await parties.list(tenant, { role: 'cpo' }, { limit: 100, ...(cursor !== undefined && { cursor }) })
      for (const { code, legalName, name, website } of page.items)
        if (code !== undefined)
          roles.push({ role: 'CPO', code, name: legalName ?? name, ...(website !== undefined && { website }) })
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    return roles
  }
