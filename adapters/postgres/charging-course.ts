import type { FiledState } from '../../core/domain/changes.ts'
import { busyStatuses, chargingStateOf, type CourseEntry, courseIn, spanOf } from '../../core/domain/charging-course.ts'
import { dayOf } from '../../core/domain/ledger.ts'
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

/** The states of charging of a session over time, as `stretchesOf` takes them. */
export const courseOf = async (tx: Transaction, session: Session): Promise<readonly CourseEntry[]> => {
  const { tenant, identity, day, evse, id, startedAt = 0, endedAt = startedAt, events } = session
  if (events !== undefined)
    return courseIn(
      session,
      await tx<CourseEntry[]>`select ms(at) as at, state, seq from charging_course
        where day = ${day}::date and tenant = ${tenant} and identity = ${identity} and session = ${id} order by seq limit ${most}`,
    )
  const { from, until } = spanOf(session)
  const lasted = Math.min(Math.max(0, endedAt - startedAt), 1_000 * dayMs)
  const [first, last] = [-dayMs, lasted + dayMs].map((ms) => dayOf(Date.parse(day) + ms))
  return courseIn(
    session,
    await tx<CourseEntry[]>`select ms(at) as at, state, seq from charging_course
      where day between ${first ?? day}::date and ${last ?? day}::date and tenant = ${tenant} and identity = ${identity} and session is null
        and evse = ${evse} and at between at_ms(${from}) and at_ms(${until}) order by at, seq limit ${most}`,
  )
}
