import type { RoamingModule } from '../../core/ports/roaming.ts'
import type { Sql, Transaction } from './connect.ts'
import type { PublishedSource } from './published-source.ts'
import { putDirty } from './roaming-dirty.ts'
import { asTenant } from './tenant.ts'

/** So many keys are marked in one commit. */
const page = 1_000

/** These modules of these tenants are looked at as a whole, from the beginning where somebody is at it already. */
export const beginSweeps = async (
  tx: Transaction,
  tenants: readonly string[],
  modules: readonly RoamingModule[],
): Promise<void> => {
  if (tenants.length === 0) return
  await tx`insert into roaming_sweeps (tenant, module, what)
    select tenant, module, what from unnest(${[...tenants]}::text[]) as t(tenant)
      cross join unnest(${[...modules]}::text[]) as m(module) cross join unnest(array['own', 'published']) as w(what)
    order by 1, 2, 3
    on conflict (tenant, module, what) do update set after = '', since = excluded.since`
}

interface Parts {
  readonly ingest: Sql
  readonly app: Sql
  readonly sources: readonly PublishedSource[]
}

/**
 * Marks the next page of one tenant that is looked at as a whole, in one commit with how far that is; answers whether
 * there is more to do. What is due already keeps its time.
 */
export const sweepPage = async ({ ingest, app, sources }: Parts, now: number): Promise<boolean> => {
  const [next] = await ingest<{ tenant: string }[]>`select tenant from roaming_sweeps
    where since <= pg_snapshot_xmin(pg_current_snapshot()) order by tenant limit 1`
  if (next === undefined) return false
  const { tenant } = next
  return asTenant(app, tenant, async (tx) => {
    const [sweep] = await tx<
      { module: RoamingModule; what: 'own' | 'published'; after: string }[]
    >`select module, what, after from roaming_sweeps
      where tenant = ${tenant} and since <= pg_snapshot_xmin(pg_current_snapshot()) order by module, what limit 1 for update skip locked`
    if (sweep === undefined) return false
    const { module, what, after } = sweep
    const source = sources.find((one) => one.module === module)
    const keys = await (what === 'own'
      ? source?.keysAfter(tx, tenant, after, page)
      : publishedAfter(tx, tenant, module, after))
    const last = keys?.at(-1)
    await putDirty(tx, keys?.map((key) => ({ tenant, module, key, due: now })) ?? [])
    if (keys === undefined || last === undefined || keys.length < page)
      await tx`delete from roaming_sweeps where tenant = ${tenant} and module = ${module} and what = ${what}`
    else
      await tx`update roaming_sweeps set after = ${last} where tenant = ${tenant} and module = ${module} and what = ${what}`
    return true
  })
}

const publishedAfter = async (
  tx: Transaction,
  tenant: string,
  module: RoamingModule,
  after: string,
): Promise<readonly string[]> => {
  const rows = await tx<{ source: string }[]>`select distinct source from roaming_objects
    where tenant = ${tenant} and module = ${module} and source > ${after} and not is_removed order by source limit ${page}`
  return rows.map(({ source }) => source)
}
