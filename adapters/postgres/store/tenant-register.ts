import { hasBegun, moved, type Parent, parentFault, resellerOn, type Tenant } from '../../../core/domain/tenant.ts'
import type { Act, Put, Refusal } from '../../../core/ports/market.ts'
import type { TenantPut, TenantRegister } from '../../../core/ports/tenants.ts'
import type { Sql, Transaction } from '../connect.ts'
import { inMarket, refusal, tellOf } from '../market.ts'
import { tenantColumns, tenantOf, type TenantRow } from '../tenant-rows.ts'
import { keyOfCursor, pageOf } from './paging.ts'

/** Each is changed in a transaction of its own, as itself; `ingest` reads them all. */
export const tenantRegister = (app: Sql, ingest: Sql): TenantRegister => ({
  async list({ below = null, day = null }, page) {
    const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
    const rows = await ingest<TenantRow[]>`select ${ingest.unsafe(tenantColumns)} from tenants t
      where t.tenant > ${after} and (${below}::text is null or exists (
        select from tenant_parents p where p.tenant = t.tenant and p.reseller = ${below}::text and p.from_day <= ${day}::text::date and p.until_day > ${day}::text::date))
      order by t.tenant limit ${page.limit + 1}`
    return pageOf(rows, page, ({ tenant }) => [tenant], tenantOf)
  },

  find: (tenant) => findTenant(ingest, tenant),
  dayAt: (at) => dayAt(ingest, at),

  put: (tenant, wanted, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await findTenant(tx, tenant)
      const today = await dayAt(tx, act.at)
      const refused = await putFault(tx, before, wanted, today)
      if (refused !== undefined) return refused
      if (before !== undefined && isAsWanted(before, wanted)) return { item: before, isNew: false }
      await tx`insert into tenants (tenant, name, kind, closed_at, created_at, changed_at)
        values (${tenant}, ${wanted.name}, ${wanted.kind}, ${wanted.isClosed ? tx`at_ms(${act.at})` : null}, at_ms(${act.at}), at_ms(${act.at}))
        on conflict (tenant) do update set name = excluded.name, kind = excluded.kind, changed_at = excluded.changed_at,
          closed_at = case when excluded.closed_at is null then null else coalesce(tenants.closed_at, excluded.closed_at) end`
      if (before === undefined && wanted.parent !== undefined)
        await writeParents(tx, tenant, [{ reseller: wanted.parent, from: today }], act)
      return told(tx, { tenant, before, action: 'tenant.changed' }, act)
    }),

  putParent: (tenant, parent, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await findTenant(tx, tenant)
      if (before === undefined) return 'missing'
      const refused =
        (await parentKindFault(tx, '/reseller', before.kind, parent.reseller)) ??
        parentFault(before.parents, parent, await dayAt(tx, act.at))
      if (refused !== undefined) return refused
      const others = before.parents.filter(({ from }) => from !== parent.from)
      if (JSON.stringify(parent) === JSON.stringify(before.parents.find(({ from }) => from === parent.from)))
        return { item: before, isNew: false }
      await writeParents(tx, tenant, [...others, parent], act)
      return told(tx, { tenant, before, action: 'tenant.moved' }, act)
    }),

  removeParent: (tenant, from, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await findTenant(tx, tenant)
      const entry = before?.parents.find((one) => one.from === from)
      if (before === undefined || entry === undefined) return 'missing'
      if (hasBegun(entry, await dayAt(tx, act.at))) return 'begun'
      await writeParents(
        tx,
        tenant,
        before.parents.filter((one) => one !== entry),
        act,
      )
      await told(tx, { tenant, before, action: 'tenant.moved' }, act)
      return 'removed'
    }),

  move: (tenant, { reseller, day }, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await findTenant(tx, tenant)
      if (before === undefined) return 'missing'
      const refused = reseller === undefined ? undefined : await parentKindFault(tx, '/reseller', before.kind, reseller)
      if (refused !== undefined) return refused
      const after = moved(before.parents, { reseller, day, today: await dayAt(tx, act.at) })
      if ('refused' in after) return { ...after, pointer: '/day' }
      if (JSON.stringify(after) === JSON.stringify(before.parents)) return { item: before, isNew: false }
      await writeParents(tx, tenant, after, act)
      return told(tx, { tenant, before, action: 'tenant.moved' }, act)
    }),
})

const dayAt = async (sql: Sql | Transaction, at: number): Promise<string> => {
  const [row] = await sql<
    { day: string }[]
  >`select to_char(at_ms(${at}) at time zone zone, 'YYYY-MM-DD') as day from installation`
  return row?.day ?? ''
}

const findTenant = async (sql: Sql | Transaction, tenant: string): Promise<Tenant | undefined> => {
  const [row] = await sql<TenantRow[]>`select ${sql.unsafe(tenantColumns)} from tenants t where t.tenant = ${tenant}`
  return row && tenantOf(row)
}

const isAsWanted = (before: Tenant, { name, kind, isClosed }: TenantPut): boolean =>
  before.name === name && before.kind === kind && (before.closedAt !== undefined) === isClosed

const putFault = async (
  tx: Transaction,
  before: Tenant | undefined,
  { kind, parent }: TenantPut,
  today: string,
): Promise<Refusal | undefined> => {
  if (before !== undefined && before.kind !== kind) {
    const fixed = await tx`select from tenant_parents where ${before.tenant} in (tenant, reseller) limit 1`
    if (fixed.length > 0) return refusal('/kind', `is ${before.kind}: there is, or was, somebody above or below it`)
  }
  if (kind === 'platform' && before?.kind !== 'platform') {
    const [one] = await tx<{ tenant: string | null }[]>`select platform_tenant() as tenant`
    if (one !== undefined && one.tenant !== null) return refusal('/kind', `the platform is ${one.tenant}: there is one`)
  }
  if (parent === undefined) return undefined
  const fault = await parentKindFault(tx, '/parent', kind, parent)
  if (fault !== undefined || before === undefined) return fault
  const now = resellerOn(before, today)
  return now === parent
    ? undefined
    : refusal('/parent', `is ${now ?? 'none'} today: a CPO is moved on a day, with POST …/move`)
}

const parentKindFault = async (
  tx: Transaction,
  pointer: string,
  kind: Tenant['kind'],
  reseller: string,
): Promise<Refusal | undefined> => {
  if (kind !== 'cpo') return refusal(pointer, `only a CPO is below a reseller, and this is a ${kind}`)
  const [row] = await tx<{ kind: string | null }[]>`select kind_of_tenant(${reseller}) as kind`
  if (row === undefined || row.kind === null) return refusal(pointer, `there is no tenant ${reseller}`)
  return row.kind === 'reseller' ? undefined : refusal(pointer, `${reseller} is no reseller but a ${row.kind}`)
}

/** All entries of one tenant at once: between two statements there may be two of one day. */
const writeParents = async (tx: Transaction, tenant: string, parents: readonly Parent[], act: Act): Promise<void> => {
  await tx`delete from tenant_parents where tenant = ${tenant}`
  if (parents.length === 0) return
  await tx`insert into tenant_parents (tenant, reseller, from_day, until_day, changed_at)
    select ${tenant}, reseller, coalesce(f::date, '-infinity'), coalesce(u::date, 'infinity'), at_ms(${act.at})
    from unnest(${parents.map(({ reseller }) => reseller)}::text[], ${parents.map(({ from }) => from ?? null)}::text[], ${parents.map(({ until }) => until ?? null)}::text[]) as w(reseller, f, u)`
}

const told = async (
  tx: Transaction,
  {
    tenant,
    before,
    action,
  }: {
    readonly tenant: string
    readonly before: Tenant | undefined
    readonly action: 'tenant.changed' | 'tenant.moved'
  },
  act: Act,
): Promise<Put<Tenant>> => {
  const item = await findTenant(tx, tenant)
  if (item === undefined) throw new Error('a tenant that was written is not there')
  await tellOf(
    tx,
    {
      tenant,
      event: { type: 'tenant.changed', subject: tenant, data: { tenant, closed: item.closedAt !== undefined } },
      audit: { action, subject: tenant, before, after: item },
    },
    act,
  )
  return { item, isNew: before === undefined }
}
