import type { Session } from './session.ts'
import { energyOf, isBillable } from './session.ts'
import type { MilliWattHours } from './units.ts'

/** Charging Detail Record: the account of a closed session. Immutable; corrected by a credit and a new version. */
export interface Cdr {
  readonly id: string
  readonly tenant: string
  /** 0 = the original. */
  readonly version: number
  /** The version before, which is credited. */
  readonly replaces?: string
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
  /** The credits against it; at most one. */
  readonly credits: readonly string[]
  /** What a reader of the account must know: `estimated`, `closed by inference`. */
  readonly notes: readonly string[]
}

/** Takes a CDR back, whole. */
export interface Credit {
  readonly id: string
  readonly tenant: string
  readonly cdr: string
  readonly reason: string
}

/** What is written into the books in one commit. */
export interface Entry {
  readonly credit?: Credit
  readonly cdr: Cdr
}

/**
 * What must be written about a session, given the newest CDR it has: the original when it has none; a credit and a new
 * version when energy or time have changed since (INV-25); nothing when the books are right, or the session is not over.
 */
export const entryFor = (session: Session, last: Cdr | undefined, uuid: () => string): Entry | undefined => {
  if (!isBillable(session)) return undefined
  if (last === undefined) return { cdr: accountOf(uuid(), session) }
  const now = accountOf(last.id, session)
  const changed = differences(last, now)
  if (changed.length === 0) return undefined
  return {
    credit: {
      id: uuid(),
      tenant: last.tenant,
      cdr: last.id,
      reason: `${changed.join(' and ')} changed by what came later`,
    },
    cdr: { ...now, id: uuid(), version: last.version + 1, replaces: last.id },
  }
}

const differences = (before: Cdr, now: Cdr): readonly string[] => [
  ...(before.energyMwh === now.energyMwh ? [] : ['energy']),
  ...(before.startedAt === now.startedAt && before.endedAt === now.endedAt ? [] : ['time']),
]

/** Whether the account of a session has changed between two of its states; then its CDR must be looked at again. */
export const isAccountChanged = (before: Session | undefined, now: Session): boolean => {
  if (!isBillable(now)) return false
  return (
    before === undefined || !isBillable(before) || differences(accountOf('', before), accountOf('', now)).length > 0
  )
}

/** The session as an account. No cost: that is the tariff engine's word, and absent is not zero. */
const accountOf = (id: string, session: Session): Cdr => {
  const energy = energyOf(session) ?? { mwh: 0, estimated: true, course: 'regular' }
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
    credits: [],
    notes: [
      ...(energy.estimated ? ['estimated'] : []),
      ...(energy.course === 'regular' ? [] : [`register: ${energy.course}`]),
      ...(session.inferredBy === undefined ? [] : [`closed by inference: ${session.inferredBy}`]),
    ],
  }
}
