import type { CdrState, HubCdr, OicpStore } from '../../core/ports/oicp.ts'
import type { ChargeDetailRecord } from '../../core/roaming/oicp/charge-detail-record.ts'
import type { Sql } from './connect.ts'
import { present } from './rows.ts'
import { safeJson } from './safe-json.ts'
import { asTenant } from './tenant.ts'

interface Row {
  readonly id: string
  readonly session: string | null
  readonly state: CdrState
  readonly record: ChargeDetailRecord | null
  readonly attempts: number
  readonly reason: string | null
  readonly created_ms: number
}

const cdrOf = ({ id, state, attempts, created_ms, session, record, reason }: Row): HubCdr => ({
  id,
  state,
  attempts,
  createdAt: created_ms,
  ...present({ session, record, reason }),
})

/** CDRs for hubs: each is a row from the commit in which the cursor passes it, until the hub has it or will not. */
export const oicpCdrs = (app: Sql): Pick<OicpStore, 'takeCdrs' | 'nextCdr' | 'changeCdr'> => ({
  takeCdrs: (ref, revision, cdrs, at) =>
    asTenant(app, ref.tenant, async (tx) => {
      // an account is published once and for all: what is there already is on its way, or could not be said before
      await tx`insert into oicp_cdrs (tenant, partner, id, session, state, record, reason, created_at, changed_at)
        select ${ref.tenant}, ${ref.partner}, w.id, w.session, w.state, w.record::jsonb, w.reason, at_ms(${at}::bigint), at_ms(${at}::bigint)
        from unnest(${cdrs.map(({ id }) => id)}::text[], ${cdrs.map(({ session }) => session ?? null)}::text[], ${cdrs.map(({ state }) => state)}::text[],
          ${cdrs.map(({ record }) => (record === undefined ? null : safeJson(record)))}::text[], ${cdrs.map(({ reason }) => reason ?? null)}::text[])
          as w(id, session, state, record, reason)
        on conflict (tenant, partner, id) do update set session = excluded.session, state = excluded.state, record = excluded.record,
          reason = excluded.reason, changed_at = excluded.changed_at
          where oicp_cdrs.state = 'kept' and oicp_cdrs.record is null`
      await tx`update oicp_lanes set cdrs = ${revision} where tenant = ${ref.tenant} and partner = ${ref.partner} and operation = 'survey'`
    }),

  nextCdr: (ref, now) =>
    asTenant(app, ref.tenant, async (tx) => {
      const [row] = await tx<
        Row[]
      >`select id, session, state, record, attempts, reason, ms(created_at) as created_ms from oicp_cdrs
        where tenant = ${ref.tenant} and partner = ${ref.partner} and state in ('waiting', 'sending')
          and (next_at is null or next_at <= at_ms(${now}::bigint)) order by created_at, id limit 1`
      return row && cdrOf(row)
    }),

  changeCdr: (ref, id, { state, at, nextAt = null, reason = null, isAttempt = false }) =>
    asTenant(app, ref.tenant, async (tx) => {
      await tx`update oicp_cdrs set state = ${state}, next_at = at_ms(${nextAt}::bigint), reason = ${reason}, changed_at = at_ms(${at}::bigint),
          attempts = attempts + ${isAttempt ? 1 : 0}
        where tenant = ${ref.tenant} and partner = ${ref.partner} and id = ${id}`
    }),
})
