import type { KnownTenant } from '../../core/ports/tenants.ts'
import type { Sql } from './connect.ts'
import { brandColumns, brandOf, type BrandRow, tenantColumns, tenantOf, type TenantRow } from './tenant-rows.ts'

/** All tenants with their brands, in one look: there are thousands of them at most. */
export const everyTenant = async (ingest: Sql): Promise<readonly KnownTenant[]> => {
  const rows = await ingest<
    (TenantRow & BrandRow)[]
  >`select ${ingest.unsafe(tenantColumns)}, ${ingest.unsafe(brandColumns)} from tenants t left join brands b on b.tenant = t.tenant`
  return rows.map((row) => ({ ...tenantOf(row), brand: brandOf(row) }))
}
