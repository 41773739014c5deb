import { sidesFault, platform } from '../../../core/settlement/resale-contract.ts'
import { sharesFault } from '../../../core/settlement/site-contract.ts'
import type { ResaleContract, SiteContract } from '../../../core/settlement/terms.ts'
import type { Transaction } from '../connect.ts'
import type { AgreementRules } from './agreement-rules.ts'
import { roleOf } from './site-contracts.ts'

/** Contracts between the platform and resellers, and between these and CPOs: a buyer has one at a time. */
export const resaleRules: AgreementRules<ResaleContract> = {
  kind: 'resale',
  subject: ({ buyer }) => `buyer/${buyer}`,
  parties: ({ seller, buyer }) => (seller === platform ? [buyer] : [seller, buyer]),
  isSettled: true,
  fault: async (tx, tenant, contract) => {
    const { seller, buyer } = contract
    const roles = { seller: await roleOf(tx, tenant, seller), buyer: await roleOf(tx, tenant, buyer) }
    const fault = sidesFault(contract, roles)
    if (fault !== undefined || contract.sharePercent === undefined) return fault
    return sharesFault(contract, await siteContractsBeside(tx, tenant, contract))
  },
}

/** Of places that the buyer operates by tenure while it holds, and of those that nobody is named for. */
const siteContractsBeside = async (
  tx: Transaction,
  tenant: string,
  { buyer, from, until }: ResaleContract,
): Promise<readonly SiteContract[]> => {
  const rows = await tx<{ content: SiteContract }[]>`select a.content from agreements a
    left join charging_stations c on c.tenant = a.tenant and a.subject = 'station/' || c.id
    left join lateral (
      select array_agg(m.party) as parties from market_roles m
      where m.tenant = a.tenant and m.role = 'operator' and m.kind || '/' || m.subject in (a.subject, 'site/' || c.site)
        and daterange(m.from_day, m.until_day) && daterange(${from}::text::date, ${until ?? 'infinity'}::text::date)
    ) o on true
    where a.tenant = ${tenant} and a.kind = 'site'
      and daterange(a.from_day, a.until_day) && daterange(${from}::text::date, ${until ?? 'infinity'}::text::date)
      and (o.parties is null or ${buyer}::text = any(o.parties))
    order by a.key`
  return rows.map(({ content }) => content)
}
