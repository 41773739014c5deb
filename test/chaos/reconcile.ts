import { everyItem, until } from '../support/server.ts'
import type { ChaosStation } from './station.ts'
import type { System } from './system.ts'

/** What the stations know, against what the system holds. */
export interface Balance {
  readonly sessions: number
  /** Charges whose acknowledged end, start or energy is not there. */
  readonly lost: readonly string[]
  /** Sessions or original CDRs that nobody charged. */
  readonly doubled: readonly string[]
  readonly cdrs: number
  readonly credited: number
  /** Frames of the last process that were taken, and neither answered nor accounted for (INV-08). */
  readonly difference: number
}

interface Session {
  readonly id: string
  readonly chargePoint: string
  readonly transaction: string
  readonly state: string
  readonly energyWh: number
}

interface Cdr {
  readonly session: string
  readonly version: number
  readonly energyWh: number
  readonly state: string
}

/** A job that was under way when its process died is done again after its lock and its patience have run out (INV-44). */
const patienceMs = 150_000

export const reconcile = async (
  system: Pick<System, 'api' | 'metrics'>,
  fleet: readonly ChaosStation[],
): Promise<Balance> => {
  const keyOf = (chargePoint: string, transaction: unknown): string => `${chargePoint}/${String(transaction)}`
  const sessions = await everyItem<Session>(system.api, '/api/v1/sessions')
  const cdrs = await until(
    'every CDR',
    async () => {
      const found = await everyItem<Cdr>(system.api, '/api/v1/cdrs')
      return new Set(found.map((cdr) => cdr.session)).size >= sessions.length && found
    },
    patienceMs,
  )
  const known = new Map(sessions.map((session) => [keyOf(session.chargePoint, session.transaction), session]))
  const originals = new Map<string, number>()
  for (const { session, version } of cdrs) if (version === 0) originals.set(session, (originals.get(session) ?? 0) + 1)
  const charged = new Set<string>()
  const lost: string[] = []
  for (const { identity, charges } of fleet)
    for (const { transaction, meterStart, meterStop } of charges) {
      const key = keyOf(identity, transaction)
      charged.add(key)
      const session = known.get(key)
      const energy = meterStop - meterStart
      if (session?.state !== 'closed' || session.energyWh !== energy)
        lost.push(`${key}: ${session?.state ?? 'no session'}, ${session?.energyWh ?? 0} of ${energy} Wh`)
      else if (!cdrs.some((cdr) => cdr.session === session.id && cdr.energyWh === energy && cdr.state !== 'held'))
        lost.push(`${key}: no CDR, or one that is held`)
    }
  const doubled = [
    ...sessions.filter((s) => !charged.has(keyOf(s.chargePoint, s.transaction))).map((s) => `session ${s.id}`),
    ...[...originals].filter(([, count]) => count > 1).map(([session]) => `CDRs of ${session}`),
    ...(known.size === sessions.length ? [] : ['two sessions under one transaction']),
  ]
  return {
    sessions: sessions.length,
    lost,
    doubled,
    cdrs: cdrs.length,
    credited: cdrs.filter(({ version }) => version > 0).length,
    difference: framesUnaccounted(system),
  }
}

/** Frames taken − answered − the same as one in flight − gone with a flood or with their socket. */
const framesUnaccounted = (system: Pick<System, 'metrics'>): number => {
  const metrics = system.metrics()
  const of = (name: string): number => metrics.get(name) ?? 0
  const dropped = of('ocpp_frames_dropped_total flood') + of('ocpp_frames_dropped_total held')
  const twins = of('ocpp_ingest_duplicates_total in flight')
  return of('ocpp_frames_accepted_total') - of('ocpp_frames_answered_total') - twins - dropped
}
