import { isDeepStrictEqual } from 'node:util'
import { type Assignment, countsSince, driversKey, placeKey } from '../../../core/pricing/assignment.ts'
import type { Act } from '../../../core/ports/market.ts'
import type { AssignmentStore, AssignmentView } from '../../../core/ports/tariffs.ts'
import type { Sql, Transaction } from '../connect.ts'
import { insertEvents } from '../insert-events.ts'
import { type AssignmentRow, assignmentColumns, assignmentOf } from '../tariff-rows.ts'
import { lockName } from '../lock-name.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { keyOfCursor, pageOf } from './paging.ts'

export const assignmentStore = (app: Sql): AssignmentStore => ({
  list: (tenant, { tariff = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<AssignmentRow[]>`select ${tx.unsafe(assignmentColumns)} from tariff_assignments a
        where a.tenant = ${tenant} and a.ended_at is null and lower(a.id) > ${after} and (${tariff}::text is null or lower(a.tariff) = lower(${tariff}::text))
        order by lower(a.id) limit ${page.limit + 1}`
      return pageOf(rows, page, ({ id }) => [id.toLowerCase()], assignmentOf)
    }),

  find: (tenant, id) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<AssignmentRow[]>`select ${tx.unsafe(assignmentColumns)} from tariff_assignments a
        where a.tenant = ${tenant} and lower(a.id) = lower(${id}) and a.ended_at is null`
      return row && assignmentOf(row)
    }),

  put: (tenant, assignment, act) => asTenant(app, tenant, (tx) => put(tx, tenant, assignment, act)),

  remove: (tenant, id, act) =>
    asTenant(app, tenant, async (tx) => {
      const last = await lastOf(tx, tenant, id)
      if (last === undefined || last.ended_ms !== null) return false
      const at = Math.max(act.at, last.changed_ms)
      await end(tx, { tenant, id, at })
      await tell(tx, tenant, act, { action: 'tariff-assignment.removed', before: assignmentOf(last) })
      return true
    }),
})

/** All that are assigned to a tariff, because it is removed; answers which. */
export const endAssignments = async (
  tx: Transaction,
  { tenant, tariff, at }: { readonly tenant: string; readonly tariff: string; readonly at: number },
): Promise<readonly string[]> => {
  const rows = await tx<{ id: string }[]>`update tariff_assignments set ended_at = greatest(at_ms(${at}), changed_at)
    where tenant = ${tenant} and tariff = ${tariff} and ended_at is null returning id`
  return rows.map(({ id }) => id).sort()
}

const end = (
  tx: Transaction,
  { tenant, id, at }: { readonly tenant: string; readonly id: string; readonly at: number },
): PromiseLike<unknown> =>
  tx`update tariff_assignments set ended_at = at_ms(${at}) where tenant = ${tenant} and lower(id) = lower(${id}) and ended_at is null`

/** The newest of this id, whether it is over or not. Nobody else changes it meanwhile. */
const lastOf = async (tx: Transaction, tenant: string, id: string): Promise<AssignmentRow | undefined> => {
  await lockName(tx, 'tariff_assignments', tenant, id.toLowerCase())
  const [row] = await tx<AssignmentRow[]>`select ${tx.unsafe(assignmentColumns)} from tariff_assignments a
    where a.tenant = ${tenant} and lower(a.id) = lower(${id}) order by a.serial desc limit 1`
  return row
}

const put = async (
  tx: Transaction,
  tenant: string,
  given: Assignment,
  act: Act,
): Promise<(AssignmentView & { readonly isNew: boolean }) | undefined> => {
  const last = await lastOf(tx, tenant, given.id)
  const [tariff] = await tx<{ id: string }[]>`select id from tariffs
    where tenant = ${tenant} and lower(id) = lower(${given.tariff}) and removed_at is null for share`
  if (tariff === undefined) return undefined
  const current = last?.ended_ms === null ? assignmentOf(last) : undefined
  const assignment = { ...given, id: last?.id ?? given.id, tariff: tariff.id }
  if (current !== undefined && isDeepStrictEqual(said(current), said(assignment))) return { ...current, isNew: false }
  // clocks of workers differ: what takes the place of another does not count before it
  const at = Math.max(act.at, last?.changed_ms ?? 0, last?.ended_ms ?? 0)
  if (current !== undefined) await end(tx, { tenant, id: given.id, at })
  const { id, drivers, place, from, until } = assignment
  const since = countsSince(at, from, current === undefined ? (last?.ended_ms ?? undefined) : at)
  const [row] = await tx<AssignmentRow[]>`insert into tariff_assignments as a
      (tenant, id, tariff, drivers, place, drivers_key, place_key, starts_at, ends_at, changed_at, since)
    values (${tenant}, ${id}, ${tariff.id}, ${JSON.stringify(drivers)}::text::jsonb, ${JSON.stringify(place)}::text::jsonb,
      ${driversKey(drivers)}, ${placeKey(place)}, at_ms(${from ?? null}::bigint), at_ms(${until ?? null}::bigint), at_ms(${at}), at_ms(${since}))
    returning ${tx.unsafe(assignmentColumns)}`
  if (row === undefined) throw new Error('what is inserted is returned')
  await tell(tx, tenant, act, {
    action: 'tariff-assignment.changed',
    ...(current !== undefined && { before: current }),
    after: assignmentOf(row),
  })
  return { ...assignmentOf(row), isNew: current === undefined }
}

/** What its operator has said. */
const said = ({ tariff, drivers, place, from, until }: Assignment): unknown => ({
  tariff,
  drivers,
  place,
  from: from ?? null,
  until: until ?? null,
})

interface Change {
  readonly action: 'tariff-assignment.changed' | 'tariff-assignment.removed'
  readonly before?: Assignment
  readonly after?: Assignment
}

const tell = async (tx: Transaction, tenant: string, { by, at }: Act, { action, before, after }: Change) => {
  const { id = '', tariff = '' } = after ?? before ?? {}
  const data = { tariff, assignment: id, ...(after === undefined && { removed: true }) }
  await insertEvents(tx, [{ tenant, type: 'tariff.changed', subject: tariff, at, data }])
  await writeAudit(tx, {
    tenant,
    at,
    actor: by,
    action,
    subject: id,
    ...(before !== undefined && { before: said(before) }),
    ...(after !== undefined && { after: said(after) }),
  })
}
