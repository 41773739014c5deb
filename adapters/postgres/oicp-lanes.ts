import type { LaneName, OicpStore } from '../../core/ports/oicp.ts'
import type { PartnerRef } from '../../core/ports/roaming-partners.ts'
import type { Sql } from './connect.ts'
import { asTenant } from './tenant.ts'

type Lanes = Pick<OicpStore, 'hubs' | 'hold' | 'release' | 'reload' | 'cursors'>

/** Who looks after which operation of which hub: its row is the lock, whichever process sends. */
export const oicpLanes = (app: Sql, ingest: Sql): Lanes => ({
  hubs: () =>
    ingest<PartnerRef[]>`select tenant, id as partner from roaming_partners
      where protocol = 'oicp' and state in ('registered', 'renewing') order by tenant, id`,

  hold: ({ tenant, partner }, lane, { by, now, until }) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<{ is_full: boolean; faults: number }[]>`
        insert into oicp_lanes as l (tenant, partner, operation, held_by, held_until)
        values (${tenant}, ${partner}, ${lane}, ${by}, at_ms(${until}::bigint))
        on conflict (tenant, partner, operation) do update set held_by = excluded.held_by, held_until = excluded.held_until
          where (l.held_until is null or l.held_until <= at_ms(${now}::bigint) or l.held_by = ${by})
            and (l.paused_until is null or l.paused_until <= at_ms(${now}::bigint))
        returning is_full, faults`
      return row && { isFull: row.is_full, faults: row.faults }
    }),

  release: ({ tenant, partner }, lane, { by, faults, reason = null, pausedUntil = null, isFull = null }) =>
    asTenant(app, tenant, async (tx) => {
      await tx`update oicp_lanes set held_by = null, held_until = null, faults = ${faults}, reason = ${reason},
          paused_until = at_ms(${pausedUntil}::bigint), is_full = coalesce(${isFull}::boolean, is_full)
        where tenant = ${tenant} and partner = ${partner} and operation = ${lane} and held_by = ${by}`
    }),

  reload: ({ tenant, partner }) =>
    asTenant(app, tenant, async (tx) => {
      const pushes: readonly LaneName[] = ['evseData', 'evseStatus']
      await tx`insert into oicp_lanes as l (tenant, partner, operation)
        select ${tenant}, ${partner}, o from unnest(${[...pushes]}::text[]) o
        on conflict (tenant, partner, operation) do update set is_full = true, paused_until = null`
      // what was refused may be taken by now
      await tx`update oicp_evses set refused = null, reason = null where tenant = ${tenant} and partner = ${partner}`
    }),

  cursors: ({ tenant, partner }) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<{ locations: number; sessions: number; cdrs: number }[]>`select locations, sessions, cdrs
        from oicp_lanes where tenant = ${tenant} and partner = ${partner} and operation = 'survey'`
      return row ?? { locations: 0, sessions: 0, cdrs: 0 }
    }),
})
