import { type Circumstances, most } from '../../core/domain/evidence.ts'
import type { MeterRow } from '../../core/domain/meter.ts'
import type { Session } from '../../core/domain/session.ts'
import { meterRow } from '../../core/ocpp/actions/meter-value.ts'
import type { Transaction } from './connect.ts'
import { present, sessionColumns, sessionOf, type SessionRow } from './rows.ts'

/** What was read for one of many sessions. */
interface OfSession {
  readonly of: string
}

interface ReadingRow extends OfSession {
  readonly at: number
  readonly received: number
  readonly register: number | null
  readonly reading: string
}

interface FactRow extends OfSession {
  readonly kind: string
  readonly key: string
  readonly received: number
}

interface OutletRow extends OfSession {
  readonly max_power_w: number | null
}

/** The readings of sessions by their id, each in the order of its time. */
export const readingsOf = async (
  tx: Transaction,
  sessions: readonly Session[],
): Promise<ReadonlyMap<string, readonly MeterRow[]>> => {
  const rows = await tx<
    ReadingRow[]
  >`select w.id as of, ms(x.at) as at, ms(x.received_at) as received, x.register_mwh as register, x.reading
    from unnest(${sessions.map(({ id }) => id)}::uuid[], ${sessions.map(({ day }) => day)}::text[]::date[]) as w(id, day)
    cross join lateral (
      select at, key, received_at, register_mwh, reading from samples
      where day = w.day and session = w.id order by at, key limit ${most.readings}
    ) x order by w.id, x.at, x.key`
  const readings = new Map<string, MeterRow[]>(sessions.map(({ id }) => [id, []]))
  for (const { of, reading, ...filed } of rows)
    readings.get(of)?.push(meterRow(reading, { ...filed, register: filed.register ?? undefined }))
  return readings
}

/** What sessions that are over are held against, by their id: in one round trip, however many they are. */
export const circumstancesOf = async (
  tx: Transaction,
  sessions: readonly Session[],
): Promise<ReadonlyMap<string, Circumstances>> => {
  const [readings, factRows, earlierRows, outletRows] = await Promise.all([
    readingsOf(tx, sessions),
    factsOf(tx, sessions),
    earlierOf(tx, sessions),
    outletsOf(tx, sessions),
  ])
  const [facts, earlier] = [Map.groupBy(factRows, ({ of }) => of), Map.groupBy(earlierRows, ({ of }) => of)]
  const outlets = new Map(outletRows.map(({ of, max_power_w }) => [of, max_power_w]))
  return new Map(
    sessions.map(({ id, events, stopKey }) => {
      const its = facts.get(id) ?? []
      const started = its.find(({ kind, key }) => kind === 'session.started' || key === events?.startKey)
      const stopped = its.find(({ key }) => key === stopKey)
      const circumstances = {
        readings: readings.get(id) ?? [],
        earlier: (earlier.get(id) ?? []).map(sessionOf),
        ...present({
          startReceivedAt: started?.received ?? null,
          stopReceivedAt: stopped?.received ?? null,
          maxPowerW: outlets.get(id) ?? null,
        }),
      }
      return [id, circumstances]
    }),
  )
}

/** How each began and ended: looked for one by one, by OFFSET 0, so that no plan reads whole days. */
const factsOf = (tx: Transaction, sessions: readonly Session[]): PromiseLike<readonly FactRow[]> =>
  tx<FactRow[]>`select w.id as of, x.kind, x.key, ms(x.received_at) as received
    from unnest(${sessions.map(({ id }) => id)}::uuid[], ${sessions.map(({ day }) => day)}::text[]::date[],
      ${sessions.map(({ stopKey }) => stopKey ?? null)}::uuid[], ${sessions.map(({ events }) => events?.startKey ?? null)}::uuid[]) as w(id, day, stop_key, start_key)
    cross join lateral (
      select kind, key, received_at from facts
      where day = w.day and session = w.id and (kind = 'session.started' or key in (w.stop_key, w.start_key)) offset 0
    ) x`

/** Those before each, the newest first. */
const earlierOf = (
  tx: Transaction,
  sessions: readonly Session[],
): PromiseLike<readonly (SessionRow & OfSession)[]> => tx<(SessionRow & OfSession)[]>`select w.id as of, x.*
    from unnest(${sessions.map(({ id }) => id)}::uuid[], ${sessions.map(({ tenant }) => tenant)}::text[], ${sessions.map(({ identity }) => identity)}::text[],
      ${sessions.map(({ evse }) => evse)}::int[], ${sessions.map(({ token }) => token ?? null)}::text[], ${sessions.map(({ startedAt = 0 }) => startedAt)}::bigint[])
      as w(id, tenant, identity, evse, token, started)
    cross join lateral (
      select ${tx.unsafe(sessionColumns)} from sessions s
      where s.tenant = w.tenant and s.identity = w.identity and s.id <> w.id and (s.evse = w.evse or s.token = w.token)
        and (s.started_at, s.id) < (at_ms(w.started), w.id)
      order by s.started_at desc, s.id desc limit ${most.earlier}
    ) x order by w.id, x.started_ms desc, x.id desc`

const outletsOf = (tx: Transaction, sessions: readonly Session[]): PromiseLike<readonly OutletRow[]> =>
  tx<OutletRow[]>`select w.id as of, p.max_power_w
    from unnest(${sessions.map(({ id }) => id)}::uuid[], ${sessions.map(({ tenant }) => tenant)}::text[], ${sessions.map(({ identity }) => identity)}::text[]) as w(id, tenant, identity)
    join charge_points p on p.tenant = w.tenant and p.identity = w.identity`
