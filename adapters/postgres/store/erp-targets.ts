import type { DeliveryState } from '../../../core/domain/delivery.ts'
import { formatInstant } from '../../../core/domain/instant.ts'
import type { ErpTarget, ErpTargetStore, ErpTargetView, TargetRef } from '../../../core/ports/deliveries.ts'
import type { Sql, Transaction } from '../connect.ts'
import type { DeliveryTables } from '../delivery-rows.ts'
import { erpLanes } from '../erp-lanes.ts'
import { laneOf, lockTarget, targetColumns, targetOf, type TargetRow } from '../erp-rows.ts'
import { statementLanes } from '../statement-lanes.ts'
import { lockName } from '../lock-name.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { wakeLane } from './deliveries.ts'
import { keyOfCursor, pageOf } from './paging.ts'

export const erpTargetStore = (app: Sql): ErpTargetStore => ({
  put: (target, by) =>
    asTenant(app, target.tenant, async (tx) => {
      const ref = { tenant: target.tenant, target: target.id }
      await lockName(tx, 'erp-target', target.tenant, target.id)
      const before = await lockTarget(tx, ref)
      await tx`insert into erp_targets (tenant, id, kind, settings, secrets, enabled, most_in_flight, changed_at)
        values (${target.tenant}, ${target.id}, ${target.kind}, ${JSON.stringify(target.settings)}::text::jsonb,
          ${target.secrets ?? null}, ${target.enabled}, ${target.mostInFlight}, at_ms(${target.changedAt}::bigint))
        on conflict (tenant, id) do update set kind = excluded.kind, settings = excluded.settings,
          secrets = excluded.secrets, enabled = excluded.enabled, most_in_flight = excluded.most_in_flight,
          changed_at = excluded.changed_at, faults = 0, paused_until = null, removed_at = null`
      // with new settings it may be there again
      if (target.enabled)
        for (const lanes of [erpLanes, statementLanes])
          if (await isWaitedFor(tx, lanes, ref)) await wakeLane(tx, lanes, ref)
      await writeAudit(tx, {
        tenant: target.tenant,
        at: target.changedAt,
        actor: by,
        action: 'erp-target.changed',
        subject: target.id,
        ...(before !== undefined && { before: shown(targetOf(before)) }),
        after: shown(target),
      })
      return before === undefined
    }),

  find: ({ tenant, target }) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<TargetRow[]>`select ${tx.unsafe(targetColumns)} from erp_targets t
        where t.tenant = ${tenant} and t.id = ${target} and t.removed_at is null`
      const [view] = await viewsOf(tx, rows)
      return view
    }),

  list: (tenant, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = null] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<TargetRow[]>`select ${tx.unsafe(targetColumns)} from erp_targets t
        where t.tenant = ${tenant} and t.removed_at is null and (${after}::text is null or t.id > ${after}::text)
        order by t.id limit ${page.limit + 1}`
      const { items, next } = pageOf(
        rows,
        page,
        ({ id }) => [id],
        (row) => row,
      )
      return { items: await viewsOf(tx, items), next }
    }),

  remove: (ref, by, at) =>
    asTenant(app, ref.tenant, async (tx) => {
      const before = await lockTarget(tx, ref)
      if (before === undefined) return 'missing'
      for (const lanes of [erpLanes, statementLanes]) if (await isBusy(tx, lanes, ref, at)) return 'busy'
      for (const lanes of [erpLanes, statementLanes]) await callOff(tx, lanes, ref, at)
      await tx`update erp_targets set enabled = false, secrets = null, removed_at = at_ms(${at}::bigint)
        where tenant = ${ref.tenant} and id = ${ref.target}`
      await writeAudit(tx, {
        tenant: ref.tenant,
        at,
        actor: by,
        action: 'erp-target.removed',
        subject: ref.target,
        before: shown(targetOf(before)),
      })
      return 'removed'
    }),
})

const isWaitedFor = async (
  tx: Transaction,
  { deliveries }: DeliveryTables,
  { tenant, target }: TargetRef,
): Promise<boolean> => {
  const rows = await tx`select 1 from ${tx(deliveries)}
    where tenant = ${tenant} and target = ${target} and state in ('queued', 'sending') limit 1`
  return rows.length > 0
}

const isBusy = async (
  tx: Transaction,
  { deliveries }: DeliveryTables,
  { tenant, target }: TargetRef,
  at: number,
): Promise<boolean> => {
  const rows = await tx`select 1 from ${tx(deliveries)} where tenant = ${tenant} and target = ${target}
    and state = 'sending' and next_at > at_ms(${at}::bigint) limit 1`
  return rows.length > 0
}

const callOff = async (
  tx: Transaction,
  { deliveries }: DeliveryTables,
  { tenant, target }: TargetRef,
  at: number,
): Promise<void> => {
  await tx`update ${tx(deliveries)} set changed_at = at_ms(${at}::bigint), next_at = null, reason = 'its target was removed',
      state = case state when 'queued' then 'cancelled' else 'unclear' end, doubtful = doubtful or state = 'sending'
    where tenant = ${tenant} and target = ${target} and state in ('queued', 'sending')`
}

/** As the audit log has it: no secret, not even sealed. */
const shown = ({ kind, settings, secrets, enabled, mostInFlight, changedAt }: ErpTarget) => ({
  kind,
  settings,
  hasSecrets: secrets !== undefined,
  enabled,
  mostInFlight,
  changedAt: formatInstant(changedAt),
})

const viewsOf = async (tx: Transaction, rows: readonly TargetRow[]): Promise<readonly ErpTargetView[]> => {
  const counts = await tx<{ target: string; state: DeliveryState; count: number }[]>`
    select target, state, count(*)::int as count from erp_deliveries
    where tenant = ${rows[0]?.tenant ?? ''} and target = any(${rows.map(({ id }) => id)}::text[]) group by target, state`
  return rows.map((row) => ({
    ...targetOf(row),
    ...laneOf(row),
    deliveries: Object.fromEntries(
      counts.filter(({ target }) => target === row.id).map(({ state, count }) => [state, count]),
    ),
  }))
}
