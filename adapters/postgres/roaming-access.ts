import type { PartnerAccess, RoamingPartnerStore, TokenHolder } from '../../core/ports/roaming-partners.ts'
import { ReadThrough } from './read-through.ts'

const mostTokens = 20_000

/** Whose token something is, from memory after the first look. There are few partners, so a change forgets all of them. */
export const partnerAccess = ({ holder }: Pick<RoamingPartnerStore, 'holder'>): PartnerAccess => {
  const cache = new ReadThrough<TokenHolder>((key) => {
    const [tenant = '', hash = ''] = key.split('/')
    return holder(tenant, hash)
  }, mostTokens)
  return {
    find: (tenant, hash) => cache.find(`${tenant}/${hash}`),
    isKnown: (tenant, hash) => cache.has(`${tenant}/${hash}`),
    renew: (tenant, hash) => cache.renew(`${tenant}/${hash}`),
    forget: () => cache.forgetAll(),
  }
}
