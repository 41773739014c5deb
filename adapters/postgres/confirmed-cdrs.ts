import type { ConfirmedCdrs } from '../../core/ports/roaming-cdrs.ts'
import type { Json } from '../../core/roaming/field.ts'
import type { Sql } from './connect.ts'
import { empOf, roamingCdrLane } from './roaming-cdr-lanes.ts'
import { present } from './rows.ts'
import { wakeLane } from './store/deliveries.ts'
import { asTenant } from './tenant.ts'

interface Row {
  readonly document: string
  readonly number: number
  readonly is_anew: boolean
  readonly reference: string | null
  readonly country_code: string
  readonly party_id: string
  readonly id: string
  readonly object: Json
}

/** Under row-level security. */
export const confirmedCdrs = (app: Sql): ConfirmedCdrs => ({
  count: (tenant, partner) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<{ count: number }[]>`select count(*)::int as count from roaming_deliveries
        where tenant = ${tenant} and target = ${partner} and state = 'accepted'`
      return row?.count ?? 0
    }),

  list: (tenant, partner, { after, limit }) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<
        Row[]
      >`select d.document, d.number, d.reference, o.country_code, o.party_id, o.id, o.body as object,
          (select count(*) > 1 from roaming_attempts a where a.tenant = d.tenant and a.target = d.target and a.document = d.document
            and a.outcome in ('accepted', 'found')) as is_anew
        from roaming_deliveries d
          join roaming_objects o on o.tenant = d.tenant and o.module = 'cdrs' and o.source = d.document::text and o.partner = d.target
        where d.tenant = ${tenant} and d.target = ${partner} and d.state = 'accepted' and d.number > ${after}
        order by d.number limit ${limit}`
      return rows.map(({ document, number, is_anew: isAnew, reference, country_code, party_id, id, object }) => ({
        document,
        number,
        isAnew,
        from: { country: country_code, party: party_id },
        to: empOf(object),
        id,
        ...present({ location: reference }),
      }))
    }),

  sendAnew: (tenant, partner, documents, at) =>
    asTenant(app, tenant, async (tx) => {
      const ref = { tenant, target: partner }
      if ((await roamingCdrLane.lock(tx, ref)) === undefined) return 0
      const { count } = await tx`update roaming_deliveries set state = 'queued', forgiven = attempts, reference = null,
          reason = 'the partner had it no more', next_at = null, changed_at = at_ms(${at}::bigint)
        where tenant = ${tenant} and target = ${partner} and state = 'accepted' and document = any(${[...documents]}::uuid[])`
      if (count > 0) await wakeLane(tx, roamingCdrLane, ref)
      return count
    }),
})
