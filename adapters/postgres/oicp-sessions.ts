import { evseKey } from '../../core/domain/evse-id.ts'
import type { HubProcess, Notice, OicpStore } from '../../core/ports/oicp.ts'
import type { PartnerRef } from '../../core/ports/roaming-partners.ts'
import type { Session } from '../../core/roaming/model.ts'
import type { Identification } from '../../core/roaming/oicp/identification.ts'
import type { ChargingNotification } from '../../core/roaming/oicp/notification.ts'
import type { Sql, Transaction } from './connect.ts'
import { present } from './rows.ts'
import { safeJson } from './safe-json.ts'
import { asTenant } from './tenant.ts'

interface Row {
  readonly session: string
  readonly kind: HubProcess['kind']
  readonly emp_session: string | null
  readonly provider: string | null
  readonly evse_id: string | null
  readonly identification: Identification | null
  readonly created_ms: number
}

const columns = `s.session, s.kind, s.emp_session, s.provider, s.evse_id, s.identification, ms(s.created_at) as created_ms`

const processOf = (row: Row): HubProcess => ({
  session: row.session,
  kind: row.kind,
  createdAt: row.created_ms,
  ...present({
    empSession: row.emp_session,
    provider: row.provider,
    evseId: row.evse_id,
    identification: row.identification,
  }),
})

interface NoticeRow extends Row {
  readonly id: string
  readonly body: Session
  readonly told: ChargingNotification['Type'] | null
  readonly told_ms: number | null
}

type Sessions = Pick<
  OicpStore,
  'takeSessions' | 'nextNotice' | 'noticed' | 'begin' | 'process' | 'orderOf' | 'sessionOf' | 'plugOf' | 'evseIdOf'
>

/** What hubs know of sessions at our EVSEs, and under which name. */
export const oicpSessions = (app: Sql): Sessions => ({
  takeSessions: (ref, revision, sessions, at) =>
    asTenant(app, ref.tenant, async (tx) => {
      await tx`insert into oicp_notices (tenant, partner, id, body, next_at)
        select ${ref.tenant}, ${ref.partner}, w.id, w.body::jsonb, at_ms(${at}::bigint)
        from unnest(${sessions.map(({ hubSession }) => hubSession)}::text[], ${sessions.map(({ session }) => safeJson(session))}::text[]) as w(id, body)
        on conflict (tenant, partner, id) do update set body = excluded.body, next_at = least(oicp_notices.next_at, excluded.next_at)`
      await tx`update oicp_lanes set sessions = ${revision} where tenant = ${ref.tenant} and partner = ${ref.partner} and operation = 'survey'`
    }),

  nextNotice: (ref, now) =>
    asTenant(app, ref.tenant, async (tx) => {
      const [row] = await tx<NoticeRow[]>`select n.id, n.body, s.told, ms(s.told_at) as told_ms, ${tx.unsafe(columns)}
        from oicp_notices n join oicp_sessions s on s.tenant = n.tenant and s.partner = n.partner and s.session = n.id
        where n.tenant = ${ref.tenant} and n.partner = ${ref.partner} and n.next_at <= at_ms(${now}::bigint)
        order by n.next_at, n.id limit 1`
      if (row === undefined) return undefined
      const { told, told_ms } = row
      return {
        id: row.id,
        session: row.body,
        hub: processOf(row),
        ...(told !== null && told_ms !== null && { told: { type: told, at: told_ms } }),
      }
    }),

  noticed: (ref, { id, session }: Notice, told, nextAt) =>
    asTenant(app, ref.tenant, async (tx) => {
      if (told !== undefined)
        await tx`update oicp_sessions set told = ${told.type}, told_at = at_ms(${told.at}::bigint)
          where tenant = ${ref.tenant} and partner = ${ref.partner} and session = ${id}`
      if (nextAt === undefined)
        // it may have changed meanwhile
        await tx`delete from oicp_notices where tenant = ${ref.tenant} and partner = ${ref.partner} and id = ${id} and body = ${safeJson(session)}::text::jsonb`
      else
        await tx`update oicp_notices set next_at = at_ms(${nextAt}::bigint) where tenant = ${ref.tenant} and partner = ${ref.partner} and id = ${id}`
    }),

  begin: (ref, p) =>
    asTenant(app, ref.tenant, async (tx) => {
      const { count } =
        await tx`insert into oicp_sessions (tenant, partner, session, kind, emp_session, provider, evse_id, identification, created_at)
        values (${ref.tenant}, ${ref.partner}, ${p.session}, ${p.kind}, ${p.empSession ?? null}, ${p.provider ?? null}, ${p.evseId ?? null},
          ${p.identification === undefined ? null : safeJson(p.identification)}::text::jsonb, at_ms(${p.createdAt}::bigint))
        on conflict (tenant, partner, session) do update set kind = excluded.kind, emp_session = excluded.emp_session, provider = excluded.provider,
          evse_id = excluded.evse_id, identification = excluded.identification
          where oicp_sessions.kind = 'reservation' and excluded.kind = 'remote'`
      return count > 0
    }),

  process: (ref, session) =>
    asTenant(app, ref.tenant, async (tx) => {
      const [row] = await tx<Row[]>`select ${tx.unsafe(columns)} from oicp_sessions s
        where s.tenant = ${ref.tenant} and s.partner = ${ref.partner} and s.session = ${session}`
      return row && processOf(row)
    }),

  orderOf: (ref, session, type) =>
    asTenant(app, ref.tenant, async (tx) => {
      const [row] = await tx<{ id: string }[]>`
        select c.id from roaming_authorizations a join commands c on c.tenant = a.tenant and c.id = a.command
        where ${isOrdered(tx, ref, session)} and c.type = ${type} order by a.serial desc limit 1`
      return row?.id
    }),

  sessionOf: (ref, session) =>
    asTenant(app, ref.tenant, async (tx) => {
      const [row] = await tx<{ ours: string }[]>`
        select ours from (
          select c.session::text as ours, 0 as place from roaming_authorizations a join commands c on c.tenant = a.tenant and c.id = a.command
            where ${isOrdered(tx, ref, session)} and c.type = 'startCharging' and c.session is not null
          union all
          select o.id, 1 from roaming_objects o
            where o.tenant = ${ref.tenant} and o.module = 'sessions' and o.partner = ${ref.partner} and not o.is_removed
              and o.body->>'authorization_reference' = ${session}
        ) found order by place limit 1`
      return row?.ours
    }),

  plugOf: (ref, evseId) =>
    asTenant(app, ref.tenant, async (tx) => {
      const [row] = await tx<{ identity: string; evse: number }[]>`select p.identity, p.evse from evses e
        join evse_plugs p on p.tenant = e.tenant and p.uid = e.uid and p.until_at is null
        where e.tenant = ${ref.tenant} and e.evse_key = ${evseKey(evseId) ?? ''} and e.state = 'active' and ${isTold(tx, ref, evseId)}`
      return row && { tenant: ref.tenant, ...row }
    }),

  evseIdOf: (tenant, uid) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        { evse_id: string | null }[]
      >`select evse_id from evses where tenant = ${tenant} and key = lower(${uid})`
      return row?.evse_id ?? undefined
    }),
})

/** Orders that a hub's process became: its name is the reference that they were given with. */
const isOrdered = (tx: Transaction, { tenant, partner }: PartnerRef, session: string) =>
  tx`a.tenant = ${tenant} and a.partner = ${partner} and a.method = 'COMMAND' and a.authorization_reference = ${session}`

/** Whoever is not shown an EVSE cannot point at it. */
const isTold = (tx: Transaction, { tenant, partner }: PartnerRef, evseId: string) =>
  tx`exists (select 1 from oicp_evses o where o.tenant = ${tenant} and o.partner = ${partner}
    and replace(o.evse_id, '*', '') = replace(upper(${evseId}), '*', '') and o.told is not null)`
