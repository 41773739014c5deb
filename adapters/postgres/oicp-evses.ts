import type { EvseToTell, OicpStore } from '../../core/ports/oicp.ts'
import type { PartnerRef } from '../../core/ports/roaming-partners.ts'
import type { EvseDataRecord, EvseStatusRecord } from '../../core/roaming/oicp/records.ts'
import type { EvseStatus } from '../../core/roaming/oicp/status.ts'
import type { Sql, Transaction } from './connect.ts'
import { present } from './rows.ts'
import { safeJson } from './safe-json.ts'
import { asTenant } from './tenant.ts'

type Evses = Pick<
  OicpStore,
  | 'takeLocations'
  | 'evsesToTell'
  | 'allEvses'
  | 'evsesTold'
  | 'fullyTold'
  | 'evseRefused'
  | 'statusesToTell'
  | 'allStatuses'
  | 'statusesTold'
>

interface Row {
  readonly evse_id: string
  readonly wanted: EvseDataRecord | null
  readonly told: EvseDataRecord | null
}

/** What a hub is to have of our EVSEs, and what it has said that it has. */
export const oicpEvses = (app: Sql): Evses => ({
  takeLocations: (ref, revision, locations) =>
    asTenant(app, ref.tenant, async (tx) => {
      for (const { location, evses } of locations) {
        const ids = evses.map(({ record }) => record.EvseID)
        await tx`update oicp_evses set wanted = null, wanted_status = null
          where tenant = ${ref.tenant} and partner = ${ref.partner} and location = ${location} and evse_id <> all(${ids}::text[])`
        // an EVSEID may move from one location to another
        await tx`insert into oicp_evses (tenant, partner, evse_id, location, wanted, wanted_status)
          select distinct on (w.evse_id) ${ref.tenant}, ${ref.partner}, w.evse_id, ${location}, w.record::jsonb, w.status
          from unnest(${ids}::text[], ${evses.map(({ record }) => safeJson(record))}::text[], ${evses.map(({ status }) => status)}::text[]) as w(evse_id, record, status)
          on conflict (tenant, partner, evse_id) do update
            set location = excluded.location, wanted = excluded.wanted, wanted_status = excluded.wanted_status`
      }
      await forget(tx, ref)
      await tx`update oicp_lanes set locations = ${revision} where tenant = ${ref.tenant} and partner = ${ref.partner} and operation = 'survey'`
    }),

  evsesToTell: (ref, limit) =>
    asTenant(app, ref.tenant, async (tx) => {
      const rows = await tx<Row[]>`select evse_id, wanted, told from oicp_evses
        where tenant = ${ref.tenant} and partner = ${ref.partner} and wanted is distinct from told
          and (refused is null or wanted is distinct from refused) order by evse_id limit ${limit}`
      return rows.map(({ evse_id: evseId, wanted, told }) => ({ evseId, ...present({ wanted, told }) }))
    }),

  allEvses: (ref) =>
    asTenant(app, ref.tenant, async (tx) => {
      const rows = await tx<{ wanted: EvseDataRecord }[]>`select wanted from oicp_evses
        where tenant = ${ref.tenant} and partner = ${ref.partner} and wanted is not null and (refused is null or wanted <> refused)
        order by evse_id`
      return rows.map(({ wanted }) => wanted)
    }),

  evsesTold: (ref, evses) =>
    asTenant(app, ref.tenant, async (tx) => {
      await tx`update oicp_evses o set told = w.record::jsonb, refused = null, reason = null,
          told_status = case when w.record is null then null else o.told_status end
        from unnest(${evses.map(({ evseId }) => evseId)}::text[], ${evses.map(recordText)}::text[]) as w(evse_id, record)
        where o.tenant = ${ref.tenant} and o.partner = ${ref.partner} and o.evse_id = w.evse_id`
      await forget(tx, ref)
    }),

  fullyTold: (ref, evses) =>
    asTenant(app, ref.tenant, async (tx) => {
      await tx`update oicp_evses o set told = w.record::jsonb, told_status = case when w.record is null then null else o.told_status end
        from oicp_evses p left join unnest(${evses.map(({ EvseID }) => EvseID)}::text[], ${evses.map((record) => safeJson(record))}::text[]) as w(evse_id, record)
          on w.evse_id = p.evse_id
        where p.tenant = ${ref.tenant} and p.partner = ${ref.partner} and o.tenant = p.tenant and o.partner = p.partner and o.evse_id = p.evse_id`
      await forget(tx, ref)
    }),

  evseRefused: (ref, { evseId, wanted }, reason) =>
    asTenant(app, ref.tenant, async (tx) => {
      // what it does not want to have removed it has not
      if (wanted === undefined)
        await tx`update oicp_evses set told = null, told_status = null where tenant = ${ref.tenant} and partner = ${ref.partner} and evse_id = ${evseId}`
      else
        await tx`update oicp_evses set refused = ${safeJson(wanted)}::text::jsonb, reason = ${reason}
          where tenant = ${ref.tenant} and partner = ${ref.partner} and evse_id = ${evseId}`
      await forget(tx, ref)
    }),

  statusesToTell: (ref, limit) =>
    asTenant(app, ref.tenant, async (tx) => {
      const rows = await tx<{ evse_id: string; status: EvseStatus; is_new: boolean }[]>`
        select evse_id, wanted_status as status, told_status is null as is_new from oicp_evses
        where tenant = ${ref.tenant} and partner = ${ref.partner} and told is not null and wanted is not null
          and wanted_status is distinct from told_status order by evse_id limit ${limit}`
      return rows.map(({ evse_id, status, is_new }) => ({ EvseID: evse_id, EvseStatus: status, isNew: is_new }))
    }),

  allStatuses: (ref) =>
    asTenant(app, ref.tenant, async (tx) => {
      const rows = await tx<
        { evse_id: string; status: EvseStatus }[]
      >`select evse_id, wanted_status as status from oicp_evses
        where tenant = ${ref.tenant} and partner = ${ref.partner} and told is not null and wanted is not null order by evse_id`
      return rows.map(({ evse_id, status }): EvseStatusRecord => ({ EvseID: evse_id, EvseStatus: status }))
    }),

  statusesTold: (ref, statuses) =>
    asTenant(app, ref.tenant, async (tx) => {
      await tx`update oicp_evses o set told_status = w.status
        from unnest(${statuses.map(({ EvseID }) => EvseID)}::text[], ${statuses.map(({ EvseStatus }) => EvseStatus)}::text[]) as w(evse_id, status)
        where o.tenant = ${ref.tenant} and o.partner = ${ref.partner} and o.evse_id = w.evse_id`
    }),
})

const recordText = ({ wanted }: EvseToTell): string | null => (wanted === undefined ? null : safeJson(wanted))

/** What a hub neither has nor is to have. */
const forget = (tx: Transaction, { tenant, partner }: PartnerRef): PromiseLike<unknown> =>
  tx`delete from oicp_evses where tenant = ${tenant} and partner = ${partner} and wanted is null and told is null`
