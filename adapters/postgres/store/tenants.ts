import type { Registration } from '../../../core/domain/charge-point.ts'
import type { TenantStore, TenantView } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'

interface Row {
  readonly tenant: string
  readonly name: string
  readonly registration: Registration
  readonly organisation: string | null
}

const viewOf = ({ organisation, ...row }: Row): TenantView => ({ ...row, ...present({ organisation }) })

export const tenantStore = (app: Sql): TenantStore => ({
  find: (tenant) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        Row[]
      >`select tenant, name, registration, organisation from tenants where tenant = ${tenant}`
      return row && viewOf(row)
    }),

  change: (tenant, { name = null, registration = null, organisation = null }) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        Row[]
      >`update tenants set name = coalesce(${name}::text, name), registration = coalesce(${registration}::text, registration),
          organisation = coalesce(${organisation}::text, organisation)
        where tenant = ${tenant} returning tenant, name, registration, organisation`
      return row && viewOf(row)
    }),
})
