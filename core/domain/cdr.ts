import type { Session } from './session.ts'
import { energyOf } from './session.ts'
import type { MilliWattHours } from './units.ts'

/** Charging Detail Record: the account of a closed session. Immutable; corrected by a credit and a new version. */
export interface Cdr {
  readonly id: string
  readonly tenant: string
  /** 0 = the original. */
  readonly version: number
  readonly session: string
  readonly chargePoint: string
  readonly evse: number
  readonly connector: number
  readonly token?: string
  readonly contract?: string
  readonly startedAt: number
  readonly endedAt: number
  readonly energyMwh: MilliWattHours
  readonly durationMs: number
  readonly stopReason: string
  readonly state: 'held' | 'issued' | 'credited'
  /** What a reader of the account must know: `estimated`, `closed by inference`. */
  readonly notes: readonly string[]
}

/** The original CDR of a session that is over. No cost: that is the tariff engine's word, and absent is not zero. */
export const originalCdr = (id: string, session: Session): Cdr => {
  const energy = energyOf(session) ?? { mwh: 0, estimated: true }
  const startedAt = session.startedAt ?? 0
  const endedAt = Math.max(session.endedAt ?? startedAt, startedAt)
  return {
    id,
    tenant: session.tenant,
    version: 0,
    session: session.id,
    chargePoint: session.identity,
    evse: session.evse,
    connector: session.connector,
    ...(session.token !== undefined && { token: session.token }),
    ...(session.authorization?.contract !== undefined && { contract: session.authorization.contract }),
    startedAt,
    endedAt,
    energyMwh: energy.mwh,
    durationMs: endedAt - startedAt,
    stopReason: session.stopReason ?? 'Inferred',
    state: 'issued',
    notes: [
      ...(energy.estimated ? ['estimated'] : []),
      ...(session.inferredBy === undefined ? [] : [`closed by inference: ${session.inferredBy}`]),
    ],
  }
}
