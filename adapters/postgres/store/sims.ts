import type { SimCost, SimStore } from '../../../core/ports/sims.ts'
import type { Sql } from '../connect.ts'
import { connectivityFacts } from '../connectivity-facts.ts'
import { insertEvents } from '../insert-events.ts'
import {
  simColumns,
  simCommandColumns,
  simCommandOf,
  type SimCommandRow,
  type SimRow,
  simViewOf,
  wakeSimLane,
} from '../sim-rows.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { isUuid, keyOfCursor, pageOf } from './paging.ts'

export const simStore = (app: Sql): SimStore => ({
  list: (tenant, { provider = null, station = null, state = null, isPlaced = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<SimRow[]>`select ${tx.unsafe(simColumns)} from sims s
        where s.tenant = ${tenant} and s.iccid > ${after} and (${provider}::text is null or s.provider = ${provider})
          and (${station}::text is null or s.station = ${station}) and (${state}::text is null or s.state = ${state})
          and (${isPlaced}::boolean is null or (s.station is not null) = ${isPlaced})
        order by s.iccid limit ${page.limit + 1}`
      return pageOf(rows, page, ({ iccid }) => [iccid], simViewOf)
    }),

  find: ({ tenant, iccid }) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<SimRow[]>`select ${tx.unsafe(simColumns)} from sims s
        where s.tenant = ${tenant} and s.iccid = ${iccid}`
      return row && simViewOf(row)
    }),

  stays: ({ tenant, iccid }) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<{ station: string; from_ms: number; until_ms: number | null }[]>`
        select station, ms(from_at) as from_ms, ms(until_at) as until_ms from sim_stays
        where tenant = ${tenant} and iccid = ${iccid} order by from_at desc limit 100`
      return rows.map(({ station, from_ms, until_ms }) => ({
        station,
        from: from_ms,
        ...(until_ms !== null && { until: until_ms }),
      }))
    }),

  usage: ({ tenant, iccid }, month) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<
        { day: string; data: number; sms: number }[]
      >`select day::text as day, data, sms from sim_usage
        where tenant = ${tenant} and iccid = ${iccid} and to_char(day, 'YYYY-MM') = ${month} order by day`
      return rows.map(({ day, data, sms }) => ({ day, dataMillionths: data, sms }))
    }),

  costs: ({ tenant, iccid }) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<
        CostRow[]
      >`select month, provider, station, currency, data, sms, net::text as net, ms(posted_at) as posted_ms
        from sim_costs where tenant = ${tenant} and iccid = ${iccid} order by month desc limit 12`
      return rows.map((row) => costOf(tenant, iccid, row))
    }),

  facts: (ref) => asTenant(app, ref.tenant, (tx) => connectivityFacts(tx, ref)),

  command: (command, by) =>
    asTenant(app, command.tenant, async (tx) => {
      const { tenant, id, iccid, type, station = null, state, createdAt, deadline } = command
      const [sim] = await tx<
        { provider: string | null }[]
      >`insert into sim_commands (tenant, id, iccid, type, station, state, created_at, changed_at, deadline)
        select ${tenant}, ${id}, s.iccid, ${type}, ${station}, ${state}, at_ms(${createdAt}::bigint), at_ms(${createdAt}::bigint), at_ms(${deadline}::bigint)
        from sims s where s.tenant = ${tenant} and s.iccid = ${iccid}
        returning (select provider from sims where tenant = ${tenant} and iccid = ${iccid}) as provider`
      if (sim?.provider === null || sim === undefined) throw new Error(`SIM ${iccid} has no provider`)
      await wakeSimLane(tx, tenant, sim.provider)
      await insertEvents(tx, [
        {
          tenant,
          type: 'sim-command.changed',
          subject: id,
          at: createdAt,
          data: { command: id, sim: iccid, type, state, outcome: null, reason: null, chargePoint: station },
        },
      ])
      await writeAudit(tx, {
        tenant,
        at: createdAt,
        actor: by,
        action: 'sim-command.given',
        subject: id,
        after: { iccid, type, station },
      })
    }),

  commands: ({ tenant, iccid }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [at = null, id = null] = keyOfCursor(page.cursor, 2) ?? []
      const rows = await tx<SimCommandRow[]>`select ${tx.unsafe(simCommandColumns)} from sim_commands c
        where c.tenant = ${tenant} and c.iccid = ${iccid}
          and (${at}::text is null or (ms(c.created_at), c.id::text) < (${at}::text::bigint, ${id}::text))
        order by ms(c.created_at) desc, c.id::text desc limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [row.created_ms, row.id], simCommandOf)
    }),

  async findCommand({ tenant, iccid, id }) {
    if (!isUuid(id)) return undefined
    return asTenant(app, tenant, async (tx) => {
      const [row] = await tx<SimCommandRow[]>`select ${tx.unsafe(simCommandColumns)} from sim_commands c
        where c.tenant = ${tenant} and c.id = ${id} and c.iccid = ${iccid}`
      return row && simCommandOf(row)
    })
  },
})

interface CostRow {
  readonly month: string
  readonly provider: string
  readonly station: string | null
  readonly currency: string
  readonly data: number
  readonly sms: number
  readonly net: string
  readonly posted_ms: number | null
}

const costOf = (tenant: string, iccid: string, row: CostRow): SimCost => ({
  tenant,
  iccid,
  month: row.month,
  provider: row.provider,
  currency: row.currency,
  net: row.net,
  dataMillionths: row.data,
  sms: row.sms,
  ...(row.station !== null && { station: row.station }),
  ...(row.posted_ms !== null && { postedAt: row.posted_ms }),
})
