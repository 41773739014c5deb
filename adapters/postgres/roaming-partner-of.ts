import type { PartyCode } from '../../core/domain/party-code.ts'
import type { Sql, Transaction } from './connect.ts'

/**
 * The partners on whose platforms EMPs are, in the order in which they are asked for: the one that is registered, else the
 * one that was last, for what is meant for it waits until it is again.
 */
export const partnersOf = async (
  tx: Transaction | Sql,
  tenant: string,
  emps: readonly PartyCode[],
): Promise<readonly (string | undefined)[]> => {
  if (emps.length === 0) return []
  const rows = await tx<{ nth: number; partner: string }[]>`select distinct on (w.nth) w.nth::int, p.id as partner
    from unnest(${emps.map(({ country }) => country.toUpperCase())}::text[], ${emps.map(({ party }) => party.toUpperCase())}::text[]) with ordinality as w(country, party, nth)
    join roaming_parties r on r.tenant = ${tenant} and r.country_code = w.country and r.party_id = w.party and r.role = 'EMSP'
    join roaming_partners p on p.tenant = r.tenant and p.id = r.partner and p.registered_at is not null
    order by w.nth, p.state in ('registered', 'renewing') desc, p.registered_at desc, p.id`
  const found = new Map(rows.map(({ nth, partner }) => [nth, partner]))
  return emps.map((_, i) => found.get(i + 1))
}

/** When a tenant's partners began to be told anything, as an expression of SQL: what was over by then was never theirs. */
export const firstRegistration = `(select coalesce(min(p.registered_at), 'infinity') from roaming_partners p
  where p.tenant = current_setting('sm.tenant', true))`
