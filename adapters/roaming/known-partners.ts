import { isRegistered, type RoamingPartner } from '../../core/domain/roaming-partner.ts'
import type { RoamingPartnerStore } from '../../core/ports/roaming-partners.ts'
import { remembered } from './remembered.ts'

/** The partners of a tenant that are registered, from memory after the first look. */
export const knownPartners = (
  partners: Pick<RoamingPartnerStore, 'list'>,
): ReturnType<typeof remembered<readonly RoamingPartner[]>> =>
  remembered(async (tenant) => {
    const found: RoamingPartner[] = []
    let cursor: string | undefined
    do {
      const page = await partners.list(tenant, { limit: 100, ...(cursor !== undefined && { cursor }) })
      found.push(...page.items.filter(isRegistered))
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    return found
  })
