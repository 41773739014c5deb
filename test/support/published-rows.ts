import type { Sql } from '../../adapters/postgres/connect.ts'
import { leaveLanes } from '../../adapters/postgres/leave-lanes.ts'
import { insertPartner, replaceParties, updatePartner } from '../../adapters/postgres/roaming-rows.ts'
import { asTenant } from '../../adapters/postgres/tenant.ts'
import { type PushedModule, pushedModules } from '../../core/domain/push-lane.ts'
import type { RoamingPartner } from '../../core/domain/roaming-partner.ts'
import type { Published } from './roaming-lanes.ts'

/** Publishes in PostgreSQL as whoever publishes does: one after the other, and lanes are left in the same commit. */
export const publishRows = (app: Sql, objects: readonly Published[]): Promise<void> =>
  asTenant(app, 'default', async (tx) => {
    await tx`insert into roaming_publishers (tenant) values ('default') on conflict do nothing`
    for (const { module, owner, id, partner, lastUpdated, isRemoved = false, body } of objects) {
      const [row] = await tx<{ revision: number; serial: number }[]>`
        update roaming_publishers set revision = revision + 1, serial = serial + 1 where tenant = 'default' returning revision, serial`
      await tx`insert into roaming_objects (tenant, module, country_code, party_id, id, partner, serial, revision, last_updated, is_removed, body, source)
        values ('default', ${module}, ${owner.country}, ${owner.party}, ${id}, ${partner ?? null}, ${row?.serial ?? 0}, ${row?.revision ?? 0},
          at_ms(${lastUpdated}::bigint), ${isRemoved}, ${JSON.stringify(body)}::text::jsonb, ${id})
        on conflict (tenant, module, country_code, party_id, key) do update set revision = excluded.revision, last_updated = excluded.last_updated,
          is_removed = excluded.is_removed, body = excluded.body`
    }
    const modules = [...new Set(objects.map(({ module }) => module as PushedModule))]
    await leaveLanes(tx, 'default', modules)
  })

/** As it is from now on; its lanes are left. */
export const registerRow = (app: Sql, partner: RoamingPartner): Promise<void> =>
  asTenant(app, partner.tenant, async (tx) => {
    if (!(await insertPartner(tx, partner))) await updatePartner(tx, partner)
    await replaceParties(tx, partner)
    await leaveLanes(tx, partner.tenant, pushedModules, partner.id)
  })
