import { countsSince } from '../../../core/pricing/assignment.ts'
import type { Act } from '../../../core/ports/market.ts'
import type { TariffContent, TariffStore, TariffView } from '../../../core/ports/tariffs.ts'
import type { Sql, Transaction } from '../connect.ts'
import { tariffChosen } from '../tariff-choice.ts'
import { versionColumns, type VersionRow, viewOf } from '../tariff-rows.ts'
import { insertEvents } from '../insert-events.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { assignmentStore, endAssignments } from './tariff-assignments.ts'
import { keyOfCursor, pageOf } from './paging.ts'

interface Head {
  readonly id: string
  readonly version: number
  readonly removed_ms: number | null
}

export const tariffStore = (app: Sql): TariffStore => ({
  list: (tenant, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<VersionRow[]>`select ${tx.unsafe(versionColumns)}
        from tariffs t join tariff_versions v on v.tenant = t.tenant and v.id = t.id and v.version = t.version
        where t.tenant = ${tenant} and t.removed_at is null and lower(t.id) > ${after} order by lower(t.id) limit ${page.limit + 1}`
      return pageOf(rows, page, ({ id }) => [id.toLowerCase()], viewOf)
    }),

  find: (tenant, id) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<VersionRow[]>`select ${tx.unsafe(versionColumns)}
        from tariffs t join tariff_versions v on v.tenant = t.tenant and v.id = t.id and v.version = t.version
        where t.tenant = ${tenant} and lower(t.id) = lower(${id}) and t.removed_at is null`
      return row && viewOf(row)
    }),

  versions: (tenant, id, page) =>
    asTenant(app, tenant, async (tx) => {
      const [before = '2147483647'] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<VersionRow[]>`select ${tx.unsafe(versionColumns)} from tariff_versions v
        where v.tenant = ${tenant} and lower(v.id) = lower(${id}) and v.version < ${before}::int order by v.version desc limit ${page.limit + 1}`
      return pageOf(rows, page, ({ version }) => [version], viewOf)
    }),

  version: (tenant, id, version) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<VersionRow[]>`select ${tx.unsafe(versionColumns)} from tariff_versions v
        where v.tenant = ${tenant} and lower(v.id) = lower(${id}) and v.version = ${version}`
      return row && viewOf(row)
    }),

  put: (ref, content, act) => asTenant(app, ref.tenant, (tx) => put(tx, ref, content, act)),

  remove: (tenant, id, act) => asTenant(app, tenant, (tx) => remove(tx, tenant, id, act)),

  chosen: (session) =>
    asTenant(app, session.tenant, async (tx) => {
      const chosen = await tariffChosen(tx, session)
      return chosen && { ...viewOf(chosen.row), assignment: chosen.assignment }
    }),

  assignments: assignmentStore(app),
})

/** The lock of a tariff keeps two who change it apart, and whoever assigns it from whoever removes it. */
const locked = async (tx: Transaction, tenant: string, id: string): Promise<Head | undefined> => {
  const [head] = await tx<Head[]>`select id, version, ms(removed_at) as removed_ms from tariffs
    where tenant = ${tenant} and lower(id) = lower(${id}) for update`
  return head
}

const put = async (
  tx: Transaction,
  { tenant, id }: { readonly tenant: string; readonly id: string },
  content: TariffContent,
  act: Act,
): Promise<TariffView & { readonly isNew: boolean }> => {
  const [made] =
    await tx`insert into tariffs (tenant, id, version, changed_at) values (${tenant}, ${id}, 1, at_ms(${act.at}))
    on conflict do nothing returning id`
  const head = await locked(tx, tenant, id)
  if (head === undefined) throw new Error('a tariff is never deleted')
  const isFirst = made !== undefined
  const [last] = isFirst ? [] : await newest(tx, tenant, head, content)
  if (last !== undefined && last.removed_ms === null && last.is_same) return { ...viewOf(last), isNew: false }
  const version = isFirst ? 1 : head.version + 1
  // clocks of workers differ: a version is never older than the one before
  const at = Math.max(act.at, last?.created_ms ?? 0, last?.removed_ms ?? 0)
  const since = countsSince(at, content.startsAt, isFirst ? undefined : (last?.removed_ms ?? at))
  const [row] = await tx<
    VersionRow[]
  >`insert into tariff_versions as v (tenant, id, version, content, created_at, since)
    values (${tenant}, ${head.id}, ${version}, ${JSON.stringify(content)}::text::jsonb, at_ms(${at}), at_ms(${since}))
    returning ${tx.unsafe(versionColumns)}`
  if (row === undefined) throw new Error('what is inserted is returned')
  await tx`update tariffs set version = ${version}, changed_at = at_ms(${at}), removed_at = null where tenant = ${tenant} and id = ${head.id}`
  await announce(tx, { tenant, id: head.id, at: act.at, data: { version } })
  await writeAudit(tx, {
    tenant,
    at: act.at,
    actor: act.by,
    action: 'tariff.changed',
    subject: head.id,
    ...(last !== undefined && last.removed_ms === null && { before: { version: last.version, ...last.content } }),
    after: { version, ...content },
  })
  return { ...viewOf(row), isNew: last === undefined || last.removed_ms !== null }
}

const newest = (tx: Transaction, tenant: string, { id, version }: Head, content: TariffContent) =>
  tx<
    (VersionRow & { readonly is_same: boolean })[]
  >`select ${tx.unsafe(versionColumns)}, v.content = ${JSON.stringify(content)}::text::jsonb as is_same
    from tariff_versions v where v.tenant = ${tenant} and v.id = ${id} and v.version = ${version}`

const remove = async (tx: Transaction, tenant: string, id: string, act: Act): Promise<boolean> => {
  const head = await locked(tx, tenant, id)
  if (head === undefined || head.removed_ms !== null) return false
  await tx`update tariffs set removed_at = at_ms(${act.at}), changed_at = at_ms(${act.at}) where tenant = ${tenant} and id = ${head.id}`
  await tx`update tariff_versions set removed_at = at_ms(${act.at}) where tenant = ${tenant} and id = ${head.id} and removed_at is null`
  const ended = await endAssignments(tx, { tenant, tariff: head.id, at: act.at })
  await announce(tx, { tenant, id: head.id, at: act.at, data: { version: head.version, removed: true } })
  await writeAudit(tx, {
    tenant,
    at: act.at,
    actor: act.by,
    action: 'tariff.removed',
    subject: head.id,
    before: { version: head.version, assignments: ended },
  })
  return true
}

const announce = (
  tx: Transaction,
  {
    tenant,
    id,
    at,
    data,
  }: { readonly tenant: string; readonly id: string; readonly at: number; readonly data: object },
) => insertEvents(tx, [{ tenant, type: 'tariff.changed', subject: id, at, data: { tariff: id, ...data } }])
