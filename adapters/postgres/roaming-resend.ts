import type { ObjectRef, RoamingModule } from '../../core/ports/roaming.ts'
import type { Sql, Transaction } from './connect.ts'
import { asTenant } from './tenant.ts'

/**
 * Has objects of ours told again to those who may have them, as they are now: their revision is lifted above what lanes have
 * reached. Nothing of them changes, their `last_updated` neither. Under the row of the tenant's publisher, as all revisions.
 */
export const resendObjects =
  (
    app: Sql,
    published?: (tx: Transaction, tenant: string, modules: readonly RoamingModule[]) => PromiseLike<unknown>,
  ) =>
  async (refs: readonly ObjectRef[]): Promise<void> => {
    for (const [tenant, its] of Map.groupBy(refs, (ref) => ref.tenant))
      await asTenant(app, tenant, async (tx) => {
        await tx`insert into roaming_publishers (tenant) values (${tenant}) on conflict do nothing`
        const [head] = await tx<{ revision: number }[]>`select revision from roaming_publishers
          where tenant = ${tenant} for update`
        let revision = head?.revision ?? 0
        for (const { module, owner, id } of its) {
          const { count } = await tx`update roaming_objects set revision = ${revision + 1}::bigint
            where tenant = ${tenant} and module = ${module} and country_code = ${owner.country.toUpperCase()}
              and party_id = ${owner.party.toUpperCase()} and key = lower(${id})`
          revision += count
        }
        await tx`update roaming_publishers set revision = ${revision}::bigint where tenant = ${tenant}`
        await published?.(tx, tenant, [...new Set(its.map(({ module }) => module))])
      })
  }
