import { pushedModules } from '../../core/domain/push-lane.ts'
import type { RoamingModule } from '../../core/ports/roaming.ts'
import type { Transaction } from './connect.ts'

/**
 * Has the lanes of a tenant looked after whose partners are told of these modules and have not been told all: one job
 * each. Called in the commit that publishes; and in one that registers a partner, for that one alone. Each lane is locked until then, so that whoever is
 * about to find nothing there finds what is committed; partners in their order, so that nobody waits for each other.
 */
export const leaveLanes = async (
  tx: Transaction,
  tenant: string,
  modules: readonly RoamingModule[],
  partner?: string,
): Promise<void> => {
  const pushed = pushedModules.filter((module) => modules.includes(module))
  if (pushed.length === 0) return
  const behind = await tx<{ partner: string; module: string }[]>`
    select p.id as partner, m.module from roaming_partners p
      cross join unnest(${pushed}::text[]) as m(module)
      left join roaming_lanes l on l.tenant = p.tenant and l.partner = p.id and l.module = m.module
    where p.tenant = ${tenant} and p.state in ('registered', 'renewing')
      and p.endpoints @> jsonb_build_array(jsonb_build_object('module', m.module, 'role', 'RECEIVER'))
      and ${
        partner === undefined
          ? tx`exists (select 1 from roaming_objects o where o.tenant = p.tenant and o.module = m.module
              and o.revision > coalesce(l.revision, 0) and (o.partner is null or o.partner = p.id))`
          : tx`p.id = ${partner}`
      }`
  if (behind.length === 0) return
  const rows = behind.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const lanes = tx`select * from unnest(${rows.map((row) => row.partner)}::text[], ${rows.map((row) => row.module)}::text[]) as w(partner, module)`
  await tx`insert into roaming_lanes (tenant, partner, module) select ${tenant}, w.* from (${lanes}) w on conflict do nothing`
  await tx`select 1 from roaming_lanes l where l.tenant = ${tenant} and (l.partner, l.module) in (${lanes})
    order by l.partner, l.module for no key update`
  await tx`insert into outbox (tenant, kind, key)
    select ${tenant}, 'roaming', w.key from unnest(${rows.map(keyOf)}::text[]) as w(key) on conflict do nothing`
}

const keyOf = ({ partner, module }: { readonly partner: string; readonly module: string }): string =>
  `${partner}/${module}`
