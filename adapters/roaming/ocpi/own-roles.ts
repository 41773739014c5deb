import type { PartnerRole } from '../../../core/domain/roaming-partner.ts'
import type { PartyStore } from '../../../core/ports/market.ts'
import type { OcpiModule } from './module.ts'

const words = { cpo: 'CPO', emp: 'EMSP' } as const

/**
 * The parties of ours that partners deal with, by their ids: operators with a code, and EMPs that are our own. Other EMPs of
 * the market are whoever provides for drivers here, mostly partners themselves, and so none of ours.
 */
export const ownRoles =
  (parties: Pick<PartyStore, 'list'>) =>
  async (tenant: string): Promise<readonly PartnerRole[]> => {
    const roles: PartnerRole[] = []
    for (const role of ['cpo', 'emp'] as const) {
      let cursor: string | undefined
      do {
        const page = await parties.list(tenant, { role }, { limit: 100, ...(cursor !== undefined && { cursor }) })
        for (const { code, legalName, name, website, isOurs } of page.items)
          if (code !== undefined && (role === 'cpo' || isOurs === true))
            roles.push({
              role: words[role],
              code,
              name: legalName ?? name,
              ...(website !== undefined && { website }),
            })
        cursor = page.next ?? undefined
      } while (cursor !== undefined)
    }
    return roles
  }

/** What partners find of us: the modules of the roles that we have. */
export const offeredModules = (
  modules: readonly OcpiModule[],
  roles: readonly Pick<PartnerRole, 'role'>[],
): readonly OcpiModule[] => modules.filter(({ as }) => roles.some(({ role }) => as === 'either' || role === as))
