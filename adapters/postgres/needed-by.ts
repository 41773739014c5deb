import type { Party } from '../../core/domain/party.ts'
import { type AssignedPlace, driversKey, empKey, placeKey } from '../../core/pricing/assignment.ts'
import type { Removal } from '../../core/ports/market.ts'
import type { Transaction } from './connect.ts'

/** Why something stays, in words: what needs it, the first few by name. */
export const needed = (by: readonly string[]): Removal | undefined =>
  by.length === 0
    ? undefined
    : { neededBy: `${by.slice(0, 5).join(', ')}${by.length > 5 ? ` and ${by.length - 5} more` : ''}` }

/** Tariffs that are in force for a place, and contracts with its owners. */
export const needsOfPlace = async (
  tx: Transaction,
  tenant: string,
  place: AssignedPlace,
): Promise<readonly string[]> => {
  const subject =
    place.kind === 'site' ? `site/${place.site}` : place.kind === 'station' ? `station/${place.station}` : null
  const rows = await tx<{ need: string }[]>`select 'tariff assignment ' || id as need from tariff_assignments
      where tenant = ${tenant} and place_key = ${placeKey(place)} and ended_at is null
    union all select 'contract ' || id || ' with a site owner' from agreements
      where tenant = ${tenant} and kind = 'site' and subject = ${subject}::text
    order by 1`
  return rows.map(({ need }) => need)
}

/** Roles that a party has and had, CPOs below it, its contracts with us; of an EMP, its contracts and the tariffs for its drivers. */
export const needsOfParty = async (
  tx: Transaction,
  { tenant, id, role, code }: Pick<Party, 'tenant' | 'id' | 'role' | 'code'>,
): Promise<readonly string[]> => {
  const names = role === 'emp' ? [id, ...(code === undefined ? [] : [code.country + code.party])] : []
  const rows = await tx<{ need: string }[]>`
    select r.role || ' of ' || case r.kind when 'site' then 'site ' else 'charging station ' end || r.subject as need
    from market_roles r where r.tenant = ${tenant} and r.party = ${id} group by r.role, r.kind, r.subject
    union all select 'CPO ' || p.id from parties p where p.tenant = ${tenant} and p.reseller = ${id}
    union all select 'contract ' || c.id from contracts c
      where c.tenant = ${tenant} and upper(translate(c.emp, ' *-', '')) = any(${names.map(empKey)}::text[])
    union all select 'tariff assignment ' || a.id from tariff_assignments a
      where a.tenant = ${tenant} and a.ended_at is null and a.drivers_key = any(${names.map((emp) => driversKey({ kind: 'emp', emp }))}::text[])
    union all select 'contract ' || g.id || case g.kind when 'site' then ' with a site owner' else ' of resale' end from agreements g
      where g.tenant = ${tenant} and g.parties @> array[${id}::text]
    order by 1`
  return rows.map(({ need }) => need)
}
