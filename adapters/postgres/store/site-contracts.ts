import type { PartyRole } from '../../../core/domain/party.ts'
import { type AgreementFault, fault } from '../../../core/settlement/agreement.ts'
import { ownerFault, sharesFault } from '../../../core/settlement/site-contract.ts'
import type { ResaleContract, SiteContract } from '../../../core/settlement/terms.ts'
import type { Transaction } from '../connect.ts'
import type { AgreementRules } from './agreement-rules.ts'

/** Contracts with the owners of sites and stations. */
export const siteContractRules: AgreementRules<SiteContract> = {
  kind: 'site',
  subject: ({ subject: { kind, id } }) => `${kind}/${id}`,
  parties: ({ owner }) => [owner],
  isSettled: true,
  fault: async (tx, tenant, contract) =>
    ownerFault(await roleOf(tx, tenant, contract.owner)) ??
    (await subjectFault(tx, tenant, contract)) ??
    sharesFault(contract, await resalesBeside(tx, tenant, contract)),
}

export const roleOf = async (tx: Transaction, tenant: string, party: string): Promise<PartyRole | undefined> => {
  const [row] = await tx<{ role: PartyRole }[]>`select role from parties where tenant = ${tenant} and id = ${party}`
  return row?.role
}

const subjectFault = async (
  tx: Transaction,
  tenant: string,
  { subject: { kind, id } }: SiteContract,
): Promise<AgreementFault | undefined> => {
  const table = kind === 'site' ? 'sites' : 'charging_stations'
  const [row] = await tx`select 1 from ${tx.unsafe(table)} where tenant = ${tenant} and id = ${id}`
  return row === undefined
    ? fault('/subject/id', `there is no such ${kind === 'site' ? 'site' : 'charging station'}`)
    : undefined
}

/** Whoever may operate there while it holds: by tenure, or any CPO where nobody is named. */
const resalesBeside = async (
  tx: Transaction,
  tenant: string,
  { subject: { kind, id }, from, until }: SiteContract,
): Promise<readonly ResaleContract[]> => {
  const rows = await tx<{ content: ResaleContract }[]>`with operators as (
      select party from market_roles
      where tenant = ${tenant} and role = 'operator' and daterange(from_day, until_day) && daterange(${from}::text::date, ${until ?? 'infinity'}::text::date)
        and (kind = ${kind} and subject = ${id} or ${kind} = 'station' and kind = 'site'
          and subject = (select site from charging_stations where tenant = ${tenant} and id = ${id}))
    )
    select a.content from agreements a
    where a.tenant = ${tenant} and a.kind = 'resale' and a.content ->> 'seller' <> 'platform'
      and daterange(a.from_day, a.until_day) && daterange(${from}::text::date, ${until ?? 'infinity'}::text::date)
      and (not exists (select 1 from operators) or a.content ->> 'buyer' in (select party from operators))
    order by a.key`
  return rows.map(({ content }) => content)
}
