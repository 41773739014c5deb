import type { Cdr } from '../../core/domain/cdr.ts'
import { most } from '../../core/domain/evidence.ts'
import type { MeterRow } from '../../core/domain/meter.ts'
import type { Session } from '../../core/domain/session.ts'
import { meterRow } from '../../core/ocpp/actions/meter-value.ts'
import { needsCourse, priceOfAccount } from '../../core/pricing/account-usage.ts'
import type { Priced } from '../../core/pricing/priced.ts'
import { counted, type Tally } from '../../core/pricing/tally.ts'
import type { Tariff } from '../../core/pricing/tariff.ts'
import { cdrColumns, cdrOf, type CdrRow } from './cdr-rows.ts'
import { courseOf } from './charging-course.ts'
import type { Transaction } from './connect.ts'
import { placeOf } from './places.ts'
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
  const { sessions, readings, reserved } = await evidenceOf(tx, cdrs, isTimed)
  const prices = await Promise.all(
    cdrs.map(async (cdr) => {
      const session = sessions.get(cdr.session)
      if (session === undefined) return undefined
      const [states, zone] = await Promise.all([isTimed ? courseOf(tx, session) : [], zoneOf(tx, cdr)])
      const reservedAt = reserved.get(cdr.session)
      const evidence = { zone, states, readings: readings.get(cdr.session) ?? [] }
      return priced(cdr, session, tariff, { ...evidence, ...(reservedAt !== undefined && { reservedAt }) })
    }),
  )
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

const zoneOf = async (tx: Transaction, { priced: of, tenant, chargePoint, evse, startedAt }: Cdr): Promise<string> =>
  of?.zone ?? (await placeOf(tx, { tenant, identity: chargePoint }, evse, startedAt)).zone

interface ReadingRow {
  readonly session: string
  readonly at: number
  readonly received: number
  readonly register: number | null
  readonly reading: string
}

/** What the accounts of a page rest on, read at once; how charging went only where it matters. */
const evidenceOf = async (tx: Transaction, cdrs: readonly Cdr[], isTimed: boolean) => {
  const ids = cdrs.map(({ session }) => session)
  const rows = await tx<
    SessionRow[]
  >`select ${tx.unsafe(sessionColumns)} from sessions s where s.id = any(${ids}::uuid[])`
  const sessions: ReadonlyMap<string, Session> = new Map(rows.map((row) => [row.id, sessionOf(row)]))
  const [samples, kept] = await Promise.all([
    isTimed
      ? tx<
          ReadingRow[]
        >`select session, ms(at) as at, ms(received_at) as received, register_mwh as register, reading from samples
      where day = any(${[...new Set(rows.map(({ day }) => day))]}::text[]::date[]) and session = any(${ids}::uuid[]) order by session, at, key`
      : [],
    tx<{ session: string; at: number }[]>`select session, ms(min(created_at)) as at from reservations
      where session = any(${ids}::uuid[]) group by session`,
  ])
  const readings = new Map<string, MeterRow[]>()
  for (const { session, ...row } of samples) {
    const known = readings.get(session) ?? []
    if (known.length < most.readings) known.push(meterRow(row.reading, { ...row, register: row.register ?? undefined }))
    readings.set(session, known)
  }
  return { sessions, readings, reserved: new Map(kept.map(({ session, at }) => [session, at])) }
}
