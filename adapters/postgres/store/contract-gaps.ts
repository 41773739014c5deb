import type { Tenure } from '../../../core/domain/tenure.ts'
import type { SiteContractStore } from '../../../core/ports/agreements.ts'
import { gapsOf } from '../../../core/settlement/gaps.ts'
import type { SiteContract } from '../../../core/settlement/terms.ts'
import type { Sql } from '../connect.ts'
import { tenureOf, type TenureRow, tenuresOf } from '../tenures.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

interface Level {
  readonly id: string
  readonly tenures: readonly TenureRow[] | null
  readonly contracts: readonly SiteContract[] | null
}

interface SiteRow extends Level {
  readonly stations: readonly Level[] | null
}

/** A number of sites at a time: the tenures and contracts of each with its stations are read at once. */
export const contractGaps =
  (app: Sql): SiteContractStore['gaps'] =>
  (tenant, window, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<SiteRow[]>`select s.id, ${tx.unsafe(levelColumns('site', 's'))},
          (select json_agg(x order by x.id) from (
            select c.id, ${tx.unsafe(levelColumns('station', 'c'))} from charging_stations c where c.tenant = s.tenant and c.site = s.id
          ) x) as stations
        from sites s where s.tenant = ${tenant} and s.id > ${after}
        order by s.id limit ${page.limit + 1}`
      const { items, next } = pageOf(
        rows,
        page,
        ({ id }) => [id],
        (row) => row,
      )
      const gaps = items.flatMap((row) =>
        gapsOf(
          {
            site: row.id,
            ...levelOf(row),
            stations: (row.stations ?? []).map((of) => ({ id: of.id, ...levelOf(of) })),
          },
          window,
        ),
      )
      return { items: gaps, next }
    })

const levelColumns = (
  kind: 'site' | 'station',
  of: string,
): string => `${tenuresOf(kind, `${of}.tenant`, `${of}.id`)} as tenures,
  (select json_agg(a.content order by a.from_day) from agreements a where a.tenant = ${of}.tenant and a.kind = 'site' and a.subject = '${kind}/' || ${of}.id) as contracts`

const levelOf = ({
  tenures,
  contracts,
}: Level): { readonly tenures: readonly Tenure[]; readonly contracts: readonly SiteContract[] } => ({
  tenures: (tenures ?? []).map(tenureOf),
  contracts: contracts ?? [],
})
