import type { FiledState } from '../../core/domain/changes.ts'
import { busyStatuses, chargingStateOf, type CourseEntry, courseIn, spanOf } from '../../core/domain/charging-course.ts'
import { dayOf } from '../../core/domain/instant.ts'
import type { Session } from '../../core/domain/session.ts'
import type { StateReport } from '../../core/ports/current-state.ts'
import type { Transaction } from './connect.ts'

/** Files what sessions of 2.x tell of their charging, each event once. */
export const insertCourse = (tx: Transaction, course: readonly FiledState[]): PromiseLike<unknown> =>
  tx`insert into charging_course (day, tenant, identity, session, evse, at, seq, state)
    select day::date, tenant, identity, session::uuid, evse::int, at_ms(at::bigint), seq::bigint, state
    from unnest(${course.map((c) => c.session.day)}::text[], ${course.map((c) => c.session.tenant)}::text[], ${course.map((c) => c.session.identity)}::text[], ${course.map((c) => c.session.id)}::text[],
      ${course.map((c) => c.session.evse)}::text[], ${course.map((c) => c.at)}::text[], ${course.map((c) => c.seq)}::text[], ${course.map((c) => c.state)}::text[])
    as w(day, tenant, identity, session, evse, at, seq, state)
    on conflict do nothing`

type Status = Extract<StateReport, { readonly kind: 'status' }>

/** Files what statuses say of charging where they change anything, before the connectors' rows are written with them. */
export const insertStatuses = (tx: Transaction, reports: readonly Status[]): PromiseLike<readonly []> => {
  const told = reports.filter(({ report }) => report.evse > 0 && report.isOccupied !== true)
  if (told.length === 0) return Promise.resolve([])
  return tx<[]>`insert into charging_course (day, tenant, identity, evse, at, seq, state)
    select w.day::date, w.tenant, w.identity, w.evse::int, at_ms(w.at::bigint), w.seq::bigint, w.state
    from unnest(${told.map((r) => r.tenant)}::text[], ${told.map((r) => r.identity)}::text[], ${told.map((r) => r.epoch)}::bigint[], ${told.map((r) => r.report.evse)}::text[], ${told.map((r) => r.report.connector)}::text[],
      ${told.map((r) => dayOf(r.at))}::text[], ${told.map((r) => r.report.at ?? r.at)}::text[], ${told.map((r) => r.at)}::text[], ${told.map((r) => r.report.status)}::text[], ${told.map((r) => chargingStateOf(r.report.status))}::text[])
    as w(tenant, identity, epoch, evse, connector, day, at, seq, status, state)
    left join connectors c on c.tenant = w.tenant and c.identity = w.identity and c.evse = w.evse::int and c.connector = w.connector::int
    where c.epoch is null and w.status = any(${[...busyStatuses]}::text[])
      or c.epoch <= w.epoch and c.status <> w.status and (w.status = any(${[...busyStatuses]}::text[]) or c.status = any(${[...busyStatuses]}::text[]))
    on conflict do nothing`
}

const dayMs = 86_400_000
/** More changes than any session has; a station that goes on and on costs nobody else anything. */
const most = 5_000

interface CourseRow extends CourseEntry {
  readonly of: string
}

/** The states of charging of sessions over time, by their id, as `stretchesOf` takes them. */
export const courseOf = async (
  tx: Transaction,
  sessions: readonly Session[],
): Promise<ReadonlyMap<string, readonly CourseEntry[]>> => {
  const told = sessions.filter(({ events }) => events !== undefined)
  const untold = sessions.filter(({ events }) => events === undefined)
  const rows = await Promise.all([
    told.length === 0 ? [] : eventsOf(tx, told),
    untold.length === 0 ? [] : statusesOf(tx, untold),
  ])
  const kept = Map.groupBy(rows.flat(), ({ of }) => of)
  return new Map(
    sessions.map((session) => {
      const its = (kept.get(session.id) ?? []).map(({ at, state, seq }) => ({
        at,
        state,
        ...(seq !== undefined && { seq }),
      }))
      return [session.id, courseIn(session, its)]
    }),
  )
}

/** What sessions of 2.x tell of themselves. */
const eventsOf = (tx: Transaction, sessions: readonly Session[]): PromiseLike<readonly CourseRow[]> =>
  tx<CourseRow[]>`select w.id as of, x.at, x.state, x.seq
    from unnest(${sessions.map(({ id }) => id)}::uuid[], ${sessions.map(({ day }) => day)}::text[]::date[], ${sessions.map(({ tenant }) => tenant)}::text[], ${sessions.map(({ identity }) => identity)}::text[])
      as w(id, day, tenant, identity)
    cross join lateral (
      select ms(at) as at, state, seq from charging_course
      where day = w.day and tenant = w.tenant and identity = w.identity and session = w.id order by seq limit ${most}
    ) x order by w.id, x.seq`

/** What the connectors of sessions of 1.6 told meanwhile: filed under the days on which we heard of it. */
const statusesOf = (tx: Transaction, sessions: readonly Session[]): PromiseLike<readonly CourseRow[]> => {
  const spans = sessions.map((session) => {
    const { day, startedAt = 0, endedAt = startedAt } = session
    const lasted = Math.min(Math.max(0, endedAt - startedAt), 1_000 * dayMs)
    const [first = day, last = day] = [-dayMs, lasted + dayMs].map((ms) => dayOf(Date.parse(day) + ms))
    return { ...session, ...spanOf(session), first, last }
  })
  return tx<CourseRow[]>`select w.id as of, x.at, x.state, x.seq
    from unnest(${spans.map(({ id }) => id)}::uuid[], ${spans.map(({ first }) => first)}::text[]::date[], ${spans.map(({ last }) => last)}::text[]::date[], ${spans.map(({ tenant }) => tenant)}::text[],
      ${spans.map(({ identity }) => identity)}::text[], ${spans.map(({ evse }) => evse)}::int[], ${spans.map(({ from }) => from)}::bigint[], ${spans.map(({ until }) => until)}::bigint[])
      as w(id, first, last, tenant, identity, evse, from_ms, until_ms)
    cross join lateral (
      select ms(at) as at, state, seq from charging_course
      where day between w.first and w.last and tenant = w.tenant and identity = w.identity and session is null and evse = w.evse
        and at between at_ms(w.from_ms) and at_ms(w.until_ms)
      order by charging_course.at, seq limit ${most}
    ) x order by w.id, x.at, x.seq`
}
