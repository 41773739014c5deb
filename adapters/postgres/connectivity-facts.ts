import type { ChargePointRef, Registration } from '../../core/domain/charge-point.ts'
import type { ConnectivityFacts } from '../../core/domain/diagnosis.ts'
import type { SimState } from '../../core/domain/sim.ts'
import { beginOf } from '../../core/domain/usage-day.ts'
import type { Connectivity } from '../../core/ports/sim.ts'
import type { Transaction } from './connect.ts'

interface FactsRow {
  readonly registration: Registration
  readonly online: boolean
  readonly connected_ms: number | null
  readonly away_ms: number | null
  readonly has_booted: boolean
  readonly usable: boolean | null
  readonly reported_ms: number | null
  readonly said: string | null
  readonly fault: string | null
  readonly sim: string | null
  readonly sim_ms: number | null
  readonly provider: string | null
  readonly state: SimState | null
  readonly asked_ms: number | null
  readonly connectivity: Connectivity | null
  readonly connectivity_ms: number | null
  readonly used_on: string | null
}

/** What is known of how a charge point is connected, each fact with its time; undefined where there is no such charge point. */
export const connectivityFacts = async (
  tx: Transaction,
  { tenant, identity }: ChargePointRef,
): Promise<(ConnectivityFacts & { readonly iccid?: string }) | undefined> => {
  const [row] = await tx<FactsRow[]>`
    select p.registration, coalesce(k.closed_at is null and k.connected_at is not null and w.seen_at > now() - interval '30 seconds', false) as online,
      ms(k.connected_at) as connected_ms, ms(coalesce(k.closed_at, k.last_seen)) as away_ms,
      p.vendor is not null as has_booted,
      n.usable, n.reported_ms, t.iccid as said, t.fault, t.sim, ms(t.at) as sim_ms,
      s.provider, s.state, ms(s.asked_at) as asked_ms, s.connectivity, ms(s.connectivity_at) as connectivity_ms,
      (select max(u.day)::text from sim_usage u where u.tenant = s.tenant and u.iccid = s.iccid and u.data > 0) as used_on
    from charge_points p
      left join connections k on k.tenant = p.tenant and k.identity = p.identity
      left join workers w on w.worker = k.worker
      left join station_sims t on t.tenant = p.tenant and t.identity = p.identity
      left join sims s on s.tenant = t.tenant and s.iccid = t.sim
      left join lateral (select bool_or(c.status not in ('unavailable', 'faulted')) as usable, ms(max(c.reported_at)) as reported_ms
        from connectors c where c.tenant = p.tenant and c.identity = p.identity and c.evse > 0
        having count(*) > 0) n on true
    where p.tenant = ${tenant} and p.identity = ${identity}`
  return row && factsOf(row)
}

const factsOf = (row: FactsRow): ConnectivityFacts & { readonly iccid?: string } => {
  const { connectivity: line, connectivity_ms: lineAt, asked_ms: askedAt } = row
  const since = row.online ? row.connected_ms : row.away_ms
  return {
    registration: row.registration,
    hasBooted: row.has_booted,
    ...(row.connected_ms !== null &&
      since !== null && { socket: { value: row.online ? 'open' : 'closed', at: since } }),
    ...(row.usable !== null && {
      connectors: { value: row.usable ? 'usable' : 'unusable', at: row.reported_ms ?? 0 },
    }),
    ...(row.said !== null &&
      row.said.trim() !== '' && {
        sim: {
          value: { iccid: row.sim ?? row.said, ...(row.fault !== null && { fault: row.fault }) },
          at: row.sim_ms ?? 0,
        },
      }),
    ...(row.sim !== null && { iccid: row.sim }),
    ...(row.provider !== null && { provider: row.provider }),
    ...(row.state !== null &&
      askedAt !== null &&
      row.state !== 'unknown' && { simState: { value: row.state, at: askedAt } }),
    ...(line !== null &&
      lineAt !== null && {
        attachment: { value: line.attachment, at: lineAt },
        dataSession: { value: line.dataSession, at: lineAt },
        lagMs: line.lagMs,
      }),
    ...(row.used_on !== null && { usage: { value: row.used_on, at: usedAt(row.used_on, askedAt) } }),
  }
}

/** At the end of that day, or when it was said. */
const usedAt = (day: string, askedAt: number | null): number =>
  Math.min(beginOf(day) + 86_400_000 - 1, askedAt ?? Infinity)
