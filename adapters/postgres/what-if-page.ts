import type { Cdr } from '../../core/domain/cdr.ts'
import { needsCourse, priceOfAccount } from '../../core/pricing/account-usage.ts'
import type { Priced } from '../../core/pricing/priced.ts'
import { counted, type Tally } from '../../core/pricing/tally.ts'
import type { Tariff } from '../../core/pricing/tariff.ts'
import { cdrColumns, cdrOf, type CdrRow } from './cdr-rows.ts'
import { courseOf } from './charging-course.ts'
import { readingsOf } from './circumstances.ts'
import type { Transaction } from './connect.ts'
import { placesOf } from './places.ts'
import { sessionColumns, sessionOf, type SessionRow } from './rows.ts'

/** Which accounts a what-if is about. */
export interface Scope {
  readonly tenant: string
  readonly from: number
  readonly to: number
  readonly chargePoint?: string
  readonly site?: string
}

/** After which account the next page begins. */
export interface Place {
  readonly at: number
  readonly id: string
}

/** So few that a process with sockets, where it has to do it, is not held up by one page. */
const pageSize = 50

const within = (tx: Transaction, { tenant, from, to, chargePoint, site }: Scope) => tx`
  c.tenant = ${tenant} and c.started_at >= at_ms(${from}) and c.started_at < at_ms(${to}) and c.state = 'issued'
  and (${chargePoint ?? null}::text is null or c.identity = ${chargePoint ?? null}::text) and (${site ?? null}::text is null or c.site = ${site ?? null}::text)
  and not exists (select 1 from credits x where x.tenant = c.tenant and x.cdr = c.id)`

export const accountsWithin = async (tx: Transaction, scope: Scope): Promise<number> => {
  const [row] = await tx<
    { accounts: number }[]
  >`select count(*)::bigint as accounts from cdrs c where ${within(tx, scope)}`
  return row?.accounts ?? 0
}

/** Prices the accounts after a place, and answers where the next page begins; undefined = there is none. */
export const priceNext = async (
  tx: Transaction,
  scope: Scope,
  { tariff, after, tally }: { readonly tariff: Tariff; readonly after: Place | undefined; readonly tally: Tally },
): Promise<{ readonly tally: Tally; readonly after: Place | undefined }> => {
  const { at, id } = after ?? { at: scope.from, id: '00000000-0000-0000-0000-000000000000' }
  const rows = await tx<CdrRow[]>`select ${tx.unsafe(cdrColumns)} from cdrs c
    where ${within(tx, scope)} and (c.started_at, c.id) > (at_ms(${at}), ${id}::uuid)
    order by c.started_at, c.id limit ${pageSize}`
  const cdrs = rows.map(cdrOf)
  const isTimed = needsCourse(tariff)
  const { sessions, readings, courses, reserved, zones } = await evidenceOf(tx, cdrs, { isTimed, tenant: scope.tenant })
  const prices = cdrs.map((cdr) => {
    const { session: of } = cdr
    const [session, reservedAt] = [sessions.get(of), reserved.get(of)]
    if (session === undefined) return undefined
    const zone = cdr.priced?.zone ?? zones.get(cdr.id) ?? 'UTC'
    const evidence = { zone, states: courses.get(of) ?? [], readings: readings.get(of) ?? [] }
    return priced(cdr, session, tariff, { ...evidence, ...(reservedAt !== undefined && { reservedAt }) })
  })
  const last = cdrs.at(-1)
  return {
    tally: cdrs.reduce((sum, cdr, i) => counted(sum, cdr, prices[i]), tally),
    after: last === undefined || cdrs.length < pageSize ? undefined : { at: last.startedAt, id: last.id },
  }
}

const priced = (...[cdr, session, tariff, evidence]: Parameters<typeof priceOfAccount>): Priced | undefined => {
  try {
    return priceOfAccount(cdr, session, tariff, evidence)
  } catch {
    // it is counted among those that the tariff cannot price
    return undefined
  }
}

/** What the accounts of a page rest on, read at once; readings, and how charging went, only where they matter. */
const evidenceOf = async (
  tx: Transaction,
  cdrs: readonly Cdr[],
  { isTimed, tenant }: { readonly isTimed: boolean; readonly tenant: string },
) => {
  const ids = cdrs.map(({ session }) => session)
  const rows = await tx<
    SessionRow[]
  >`select ${tx.unsafe(sessionColumns)} from sessions s where s.id = any(${ids}::uuid[])`
  const sessions = rows.map(sessionOf)
  const timed = isTimed ? sessions : []
  const unpriced = cdrs.filter((cdr) => cdr.priced === undefined)
  const spots = unpriced.map(({ chargePoint, evse, startedAt: at }) => ({ identity: chargePoint, evse, at }))
  const [readings, courses, places, kept] = await Promise.all([
    readingsOf(tx, timed),
    courseOf(tx, timed),
    placesOf(tx, tenant, spots),
    tx<{ session: string; at: number }[]>`select session, ms(min(created_at)) as at from reservations
      where session = any(${ids}::uuid[]) group by session`,
  ])
  return {
    sessions: new Map(sessions.map((session) => [session.id, session])),
    readings,
    courses,
    reserved: new Map(kept.map(({ session, at }) => [session, at])),
    zones: new Map(places.map(({ zone }, i) => [unpriced[i]?.id, zone])),
  }
}
