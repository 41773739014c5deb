import type { SimProviderStore, SimProviderView } from '../../../core/ports/sims.ts'
import type { Sql, Transaction } from '../connect.ts'
import { lockProvider, providerColumns, providerOf, type ProviderRow, providerShown, wakeSimLane } from '../sim-rows.ts'
import { lockName } from '../lock-name.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { keyOfCursor, pageOf } from './paging.ts'

export const simProviderStore = (app: Sql): SimProviderStore => ({
  put: (provider, by) =>
    asTenant(app, provider.tenant, async (tx) => {
      const { tenant, id, kind, settings, secrets = null, enabled, changedAt } = provider
      await lockName(tx, 'sim-provider', tenant, id)
      const before = await lockProvider(tx, { tenant, provider: id })
      await tx`insert into sim_providers (tenant, id, kind, settings, secrets, enabled, changed_at)
        values (${tenant}, ${id}, ${kind}, ${JSON.stringify(settings)}::text::jsonb, ${secrets}, ${enabled}, at_ms(${changedAt}::bigint))
        on conflict (tenant, id) do update set kind = excluded.kind, settings = excluded.settings, secrets = excluded.secrets,
          enabled = excluded.enabled, changed_at = excluded.changed_at, faults = 0, paused_until = null, said = null`
      // with another access it may have what it had not
      await tx`update sims set not_of = array_remove(not_of, ${id}) where tenant = ${tenant} and provider is null and not_of @> array[${id}::text]`
      if (enabled) await wakeSimLane(tx, tenant, id)
      await writeAudit(tx, {
        tenant,
        at: changedAt,
        actor: by,
        action: 'sim-provider.changed',
        subject: id,
        ...(before !== undefined && { before: providerShown(providerOf(before)) }),
        after: providerShown(provider),
      })
      return before === undefined
    }),

  find: ({ tenant, provider }) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<ProviderRow[]>`select ${tx.unsafe(providerColumns)} from sim_providers p
        where p.tenant = ${tenant} and p.id = ${provider}`
      return (await viewsOf(tx, rows))[0]
    }),

  list: (tenant, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<ProviderRow[]>`select ${tx.unsafe(providerColumns)} from sim_providers p
        where p.tenant = ${tenant} and p.id > ${after} order by p.id limit ${page.limit + 1}`
      const { items, next } = pageOf(
        rows,
        page,
        ({ id }) => [id],
        (row) => row,
      )
      return { items: await viewsOf(tx, items), next }
    }),

  remove: ({ tenant, provider }, by, at) =>
    asTenant(app, tenant, async (tx) => {
      const before = await lockProvider(tx, { tenant, provider })
      if (before === undefined) return false
      await tx`delete from sim_providers where tenant = ${tenant} and id = ${provider}`
      await writeAudit(tx, {
        tenant,
        at,
        actor: by,
        action: 'sim-provider.removed',
        subject: provider,
        before: providerShown(providerOf(before)),
      })
      return true
    }),

  wantImport: ({ tenant, provider }, at) =>
    asTenant(app, tenant, async (tx) => {
      const [row] =
        await tx`update sim_providers set import_wanted = true, import_cursor = null, imported = 0, imported_at = at_ms(${at}::bigint)
        where tenant = ${tenant} and id = ${provider} returning id`
      if (row !== undefined) await wakeSimLane(tx, tenant, provider)
      return row !== undefined
    }),
})

const viewsOf = async (tx: Transaction, rows: readonly ProviderRow[]): Promise<readonly SimProviderView[]> => {
  const counts = await tx<{ provider: string; count: number }[]>`select provider, count(*)::int as count from sims
    where tenant = ${rows[0]?.tenant ?? ''} and provider = any(${rows.map(({ id }) => id)}::text[]) group by provider`
  return rows.map((row) => ({
    ...providerOf(row),
    sims: counts.find(({ provider }) => provider === row.id)?.count ?? 0,
    faults: row.faults,
    ...(row.paused_ms !== null && { pausedUntil: row.paused_ms }),
    ...(row.said !== null && { said: row.said }),
    ...(row.imported_ms !== null && {
      import: { state: row.import_wanted ? 'wanted' : 'done', sims: row.imported ?? 0, at: row.imported_ms },
    }),
  }))
}
