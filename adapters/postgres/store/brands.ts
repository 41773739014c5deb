import { type Brand, hostUses, type LogoType } from '../../../core/domain/brand.ts'
import type { Act, Refusal } from '../../../core/ports/market.ts'
import type { BrandStore } from '../../../core/ports/tenants.ts'
import type { Sql, Transaction } from '../connect.ts'
import { inMarket, isSame, refusal, tellOf } from '../market.ts'
import { asTenant } from '../tenant.ts'
import { brandColumns, brandOf, type BrandRow } from '../tenant-rows.ts'

export const brandStore = (app: Sql): BrandStore => ({
  find: (tenant) => asTenant(app, tenant, (tx) => findBrand(tx, tenant)),

  put: (tenant, { name, colours, hosts }, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await findBrand(tx, tenant)
      const refused = await hostFault(tx, tenant, hosts)
      if (refused !== undefined) return refused
      const { logo } = before
      const after: Brand = {
        ...(name !== undefined && { name }),
        ...(colours !== undefined && { colours }),
        ...(logo !== undefined && { logo }),
        hosts,
      }
      if (isSame(after, before)) return { item: before, isNew: false }
      await tx`insert into brands (tenant, name, colours, changed_at)
        values (${tenant}, ${name ?? null}, ${colours === undefined ? null : tx.json(colours)}, at_ms(${act.at}))
        on conflict (tenant) do update set name = excluded.name, colours = excluded.colours, changed_at = excluded.changed_at`
      await writeHosts(tx, tenant, hosts)
      await tell(tx, { tenant, before, after }, act)
      return { item: after, isNew: false }
    }),

  remove: (tenant, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await findBrand(tx, tenant)
      const { count } = await tx`delete from brands where tenant = ${tenant}`
      if (count === 0) return false
      await tell(tx, { tenant, before, after: { hosts: before.hosts } }, act)
      return true
    }),

  logo: (tenant) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        { type: LogoType; bytes: Buffer; digest: string }[]
      >`select logo_type as type, logo as bytes, logo_digest as digest from brands where tenant = ${tenant} and logo is not null`
      return row
    }),

  putLogo: (tenant, logo, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await findBrand(tx, tenant)
      await tx`insert into brands (tenant, logo, logo_type, changed_at)
        values (${tenant}, ${logo === undefined ? null : Buffer.from(logo.bytes)}, ${logo?.type ?? null}, at_ms(${act.at}))
        on conflict (tenant) do update set logo = excluded.logo, logo_type = excluded.logo_type, changed_at = excluded.changed_at`
      const after = await findBrand(tx, tenant)
      if (isSame(after, before)) return false
      await tell(tx, { tenant, before, after }, act)
      return true
    }),
})

const findBrand = async (tx: Transaction, tenant: string): Promise<Brand> => {
  const [row] = await tx<
    BrandRow[]
  >`select ${tx.unsafe(brandColumns)} from tenants t left join brands b on b.tenant = t.tenant where t.tenant = ${tenant}`
  return row === undefined ? { hosts: {} } : brandOf(row)
}

const hostFault = async (tx: Transaction, tenant: string, hosts: Brand['hosts']): Promise<Refusal | undefined> => {
  // two tenants that want one host at once wait for each other
  await tx`select pg_advisory_xact_lock(hashtext('stationmaster.hosts'))`
  for (const use of hostUses) {
    const host = hosts[use]
    if (host === undefined) continue
    const [row] = await tx<{ tenant: string | null }[]>`select tenant_of_host(${host}) as tenant`
    if (row !== undefined && row.tenant !== null && row.tenant !== tenant)
      return refusal(`/hosts/${use}`, `${host} is another tenant's`)
  }
  return undefined
}

const writeHosts = async (tx: Transaction, tenant: string, hosts: Brand['hosts']): Promise<void> => {
  const names = [...new Set(Object.values(hosts))]
  await tx`delete from brand_hosts where tenant = ${tenant}`
  if (names.length === 0) return
  const has = (use: (typeof hostUses)[number]): string[] => names.map((host) => String(hosts[use] === host))
  await tx`insert into brand_hosts (tenant, host, ocpp, api, page)
    select ${tenant}, host, ocpp::boolean, api::boolean, page::boolean
    from unnest(${names}::text[], ${has('ocpp')}::text[], ${has('api')}::text[], ${has('page')}::text[]) as w(host, ocpp, api, page)`
}

const tell = (
  tx: Transaction,
  { tenant, before, after }: { readonly tenant: string; readonly before: Brand; readonly after: Brand },
  act: Act,
): Promise<void> =>
  tellOf(
    tx,
    {
      tenant,
      event: { type: 'tenant.changed', subject: tenant, data: { tenant, brand: true } },
      audit: { action: 'brand.changed', subject: tenant, before, after },
    },
    act,
  )
