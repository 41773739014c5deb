import type { Exchange } from '../../core/ports/roaming.ts'
import type {
  LedgerFilter,
  LedgerLine,
  ModuleScore,
  RoamingReports,
  WindowScore,
} from '../../core/ports/roaming-reports.ts'
import type { Sql, Transaction } from './connect.ts'
import { present } from './rows.ts'
import { keyOfCursor, pageOf } from './store/paging.ts'
import { asTenant } from './tenant.ts'

interface Row {
  readonly serial: number
  readonly tenant: string
  readonly partner: string
  readonly kind: Exchange['kind']
  readonly module: string
  readonly method: string
  readonly object: string | null
  readonly at_ms: number
  readonly took_ms: number
  readonly attempt: number
  readonly bytes_out: number
  readonly bytes_in: number
  readonly status: number | null
  readonly code: number | null
  readonly result: Exchange['result']
  readonly detail: string | null
}

const lineOf = ({ at_ms, took_ms, bytes_out, bytes_in, object, status, code, detail, ...row }: Row): LedgerLine => ({
  ...row,
  at: at_ms,
  tookMs: took_ms,
  bytesOut: bytes_out,
  bytesIn: bytes_in,
  ...present({ object, status, code, detail }),
})

export const roamingReports = (app: Sql): RoamingReports => ({
  exchanges: (tenant, filter, page) =>
    asTenant(app, tenant, async (tx) => {
      const [before] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<
        Row[]
      >`select e.serial, e.tenant, e.partner, e.kind, e.module, e.method, e.object, ms(e.at) as at_ms,
          e.took_ms, e.attempt, e.bytes_out, e.bytes_in, e.status, e.code, e.result, e.detail from roaming_exchanges e
        where e.tenant = ${tenant} ${before === undefined ? tx`` : tx`and e.serial < ${before}::text::bigint`} ${wanted(tx, filter)}
        order by e.serial desc limit ${page.limit + 1}`
      return pageOf(rows, page, ({ serial }) => [serial], lineOf)
    }),

  scorecard: (tenant, partner, now) =>
    asTenant(app, tenant, async (tx) => ({
      modules: await modulesOf(tx, tenant, partner, now),
      lanes: await lanesOf(tx, tenant, partner),
      deliveries: await deliveriesOf(tx, tenant, partner),
      ...(await receivedOf(tx, tenant, partner)),
    })),
})

/** What is not asked for is left out, so that the planner chooses by what is. */
const wanted = (tx: Transaction, { partner, module, result, object, from, to }: LedgerFilter) => tx`
  ${partner === undefined ? tx`` : tx`and e.partner = ${partner}`}
  ${module === undefined ? tx`` : tx`and e.module = ${module}`}
  ${result === undefined ? tx`` : tx`and e.result = ${result}`}
  ${object === undefined ? tx`` : tx`and lower(e.object) = lower(${object})`}
  ${from === undefined ? tx`` : tx`and e.at >= at_ms(${from}::bigint)`}
  ${to === undefined ? tx`` : tx`and e.at < at_ms(${to}::bigint)`}`

const windows = [1, 7, 30] as const
const dayMs = 86_400_000
const mostReasons = 5

interface Sums {
  readonly module: string
  readonly days: WindowScore['days']
  readonly exchanges: number
  readonly done: number
  readonly p50: number
  readonly p95: number
  readonly out_ms: number | null
  readonly in_ms: number | null
}

const modulesOf = async (
  tx: Transaction,
  tenant: string,
  partner: string,
  now: number,
): Promise<readonly ModuleScore[]> => {
  const since = now - 30 * dayMs
  const sums = await tx<
    Sums[]
  >`select e.module, w.days, count(*) as exchanges, count(*) filter (where e.result = 'done') as done,
      percentile_cont(0.5) within group (order by e.took_ms) as p50, percentile_cont(0.95) within group (order by e.took_ms) as p95,
      ms(max(e.at) filter (where e.result = 'done' and e.kind in ('push', 'pull', 'ask'))) as out_ms,
      ms(max(e.at) filter (where e.result = 'done' and e.kind in ('told', 'pulled', 'asked'))) as in_ms
    from roaming_exchanges e join unnest(${[...windows]}::int[]) as w(days) on e.at >= at_ms(${now}::bigint) - w.days * interval '1 day'
    where e.tenant = ${tenant} and e.partner = ${partner} and e.at >= at_ms(${since}::bigint)
    group by e.module, w.days order by e.module, w.days`
  const reasons = await tx<{ module: string; reason: string; times: number }[]>`select module, reason, times from (
      select e.module, e.detail as reason, count(*) as times, row_number() over (partition by e.module order by count(*) desc, e.detail) as place
      from roaming_exchanges e where e.tenant = ${tenant} and e.partner = ${partner} and e.at >= at_ms(${since}::bigint)
        and e.result <> 'done' and e.detail is not null group by e.module, e.detail) r
    where place <= ${mostReasons} order by module, place`
  return [...Map.groupBy(sums, ({ module }) => module)].map(([module, its]) => ({
    module,
    days: its.map(({ days, exchanges, done, p50, p95 }) => ({
      days,
      exchanges,
      done,
      p50Ms: Math.round(p50),
      p95Ms: Math.round(p95),
    })),
    ...present({ lastOut: its.at(-1)?.out_ms ?? null, lastIn: its.at(-1)?.in_ms ?? null }),
    reasons: reasons.filter((one) => one.module === module).map(({ reason, times }) => ({ reason, times })),
  }))
}

const lanesOf = (tx: Transaction, tenant: string, partner: string) => tx<
  { module: string; behind: number; faults: number }[]
>`select l.module, l.faults, (select count(*) from roaming_objects o where o.tenant = l.tenant and o.module = l.module
      and o.revision > l.revision and (o.partner is null or o.partner = l.partner)) as behind
    from roaming_lanes l where l.tenant = ${tenant} and l.partner = ${partner} order by l.module`

const deliveriesOf = async (
  tx: Transaction,
  tenant: string,
  partner: string,
): Promise<Readonly<Record<string, number>>> => {
  const rows = await tx<{ state: string; count: number }[]>`select state, count(*) as count from roaming_deliveries
    where tenant = ${tenant} and target = ${partner} group by state order by state`
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

const receivedOf = async (tx: Transaction, tenant: string, partner: string) => {
  const rows = await tx<{ verdict: string; count: number }[]>`select verdict ->> 'verdict' as verdict, count(*) as count
    from roaming_received where tenant = ${tenant} and module = 'cdrs' and partner = ${partner} and verdict is not null group by 1 order by 1`
  const [clock] = await tx<
    { ahead: number | null }[]
  >`select max(ms(last_updated) - ms(received_at)) as ahead from roaming_received
    where tenant = ${tenant} and partner = ${partner}`
  return {
    verdicts: Object.fromEntries(rows.map(({ verdict, count }) => [verdict, count])),
    clockAheadMs: Math.max(0, clock?.ahead ?? 0),
  }
}
