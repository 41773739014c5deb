import type { Brand, Colours, Hosts, LogoType } from '../../core/domain/brand.ts'
import type { Parent, Tenant, TenantKind } from '../../core/domain/tenant.ts'
import { present } from './rows.ts'

export interface TenantRow {
  readonly tenant: string
  readonly name: string
  readonly kind: TenantKind
  readonly closed_ms: number | null
  readonly parents:
    | readonly { readonly reseller: string; readonly from: string | null; readonly until: string | null }[]
    | null
}

/** `t` is the table. */
export const tenantColumns = `t.tenant, t.name, t.kind, ms(t.closed_at) as closed_ms,
  (select json_agg(json_build_object('reseller', p.reseller, 'from', to_char(nullif(p.from_day, '-infinity'), 'YYYY-MM-DD'),
    'until', to_char(nullif(p.until_day, 'infinity'), 'YYYY-MM-DD')) order by p.from_day) from tenant_parents p where p.tenant = t.tenant) as parents`

export const tenantOf = ({ tenant, name, kind, closed_ms: closedAt, parents }: TenantRow): Tenant => ({
  tenant,
  name,
  kind,
  parents: (parents ?? []).map(({ reseller, from, until }): Parent => ({ reseller, ...present({ from, until }) })),
  ...present({ closedAt }),
})

export interface BrandRow {
  readonly brand_name: string | null
  readonly colours: Colours | null
  readonly logo_type: LogoType | null
  readonly logo_digest: string | null
  readonly hosts:
    | readonly { readonly host: string; readonly ocpp: boolean; readonly api: boolean; readonly page: boolean }[]
    | null
}

/** `b` is the table of brands, `t` that of tenants; the logo itself is not read. */
export const brandColumns = `b.name as brand_name, b.colours, b.logo_type, b.logo_digest,
  (select json_agg(json_build_object('host', h.host, 'ocpp', h.ocpp, 'api', h.api, 'page', h.page)) from brand_hosts h where h.tenant = t.tenant) as hosts`

export const brandOf = ({
  brand_name: name,
  colours,
  logo_type: type,
  logo_digest: digest,
  hosts,
}: BrandRow): Brand => ({
  ...present({ name, colours }),
  ...(type !== null && digest !== null && { logo: { type, digest } }),
  hosts: hostsOf(hosts ?? []),
})

const hostsOf = (rows: NonNullable<BrandRow['hosts']>): Hosts =>
  present({
    ocpp: rows.find(({ ocpp }) => ocpp)?.host,
    api: rows.find(({ api }) => api)?.host,
    page: rows.find(({ page }) => page)?.host,
  })
