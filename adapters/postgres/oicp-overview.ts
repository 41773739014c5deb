import { type CdrState, cdrStates, type LaneName, type OicpStore } from '../../core/ports/oicp.ts'
import type { Sql } from './connect.ts'
import { present } from './rows.ts'
import { asTenant } from './tenant.ts'

const most = 100

/** How it stands with a hub: what is on its way, what was refused, and why. */
export const oicpOverview = (app: Sql): Pick<OicpStore, 'overview'> => ({
  overview: ({ tenant, partner }) =>
    asTenant(app, tenant, async (tx) => {
      const lanes = await tx<{ lane: LaneName; faults: number; reason: string | null; paused_ms: number | null }[]>`
        select operation as lane, faults, reason, ms(paused_until) as paused_ms from oicp_lanes
        where tenant = ${tenant} and partner = ${partner} order by operation`
      const [counted] = await tx<
        { told: number; to_tell: number }[]
      >`select count(*) filter (where told is not null)::int as told,
          count(*) filter (where wanted is distinct from told and (refused is null or wanted is distinct from refused))::int as to_tell
        from oicp_evses where tenant = ${tenant} and partner = ${partner}`
      const refused = await tx<{ evse_id: string; reason: string | null }[]>`select evse_id, reason from oicp_evses
        where tenant = ${tenant} and partner = ${partner} and refused is not null and wanted = refused order by evse_id limit ${most}`
      const states = await tx<{ state: CdrState; count: number }[]>`select state, count(*)::int as count from oicp_cdrs
        where tenant = ${tenant} and partner = ${partner} group by state`
      const unsent = await tx<{ id: string; session: string | null; state: CdrState; reason: string | null }[]>`
        select id, session, state, reason from oicp_cdrs
        where tenant = ${tenant} and partner = ${partner} and state in ('refused', 'kept') order by changed_at desc, id limit ${most}`
      const of = (state: CdrState): number => states.find((one) => one.state === state)?.count ?? 0
      return {
        lanes: lanes.map(({ lane, faults, reason, paused_ms }) => ({
          lane,
          faults,
          ...present({ reason, pausedUntil: paused_ms }),
        })),
        evses: {
          told: counted?.told ?? 0,
          toTell: counted?.to_tell ?? 0,
          refused: refused.map(({ evse_id, reason }) => ({ evseId: evse_id, reason: reason ?? '' })),
        },
        cdrs: Object.fromEntries(cdrStates.map((state) => [state, of(state)])) as Record<CdrState, number>,
        unsent: unsent.map(({ id, session, state, reason }) => ({
          id,
          state,
          reason: reason ?? '',
          ...present({ session }),
        })),
      }
    }),
})
