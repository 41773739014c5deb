import type { AuthorizationStatus } from './authorization.ts'
import type { SessionState } from './session.ts'
import { energyOf, type Session } from './session.ts'
import type { Traced } from './trace.ts'
import type { MilliWattHours } from './units.ts'

/** A session as it was heard, to be played again. Tokens are pseudonyms: equal stays equal, and more is not needed. */
export interface Recording {
  readonly identity: string
  readonly protocol: string
  /** What was heard and decided, oldest first. */
  readonly entries: readonly RecordedEntry[]
  /** The session as it is stored. */
  readonly stored: SessionAccount
  /** When it was looked at: every deadline up to then has come. */
  readonly until: number
  /** What is not in it, in sentences for whoever reads the replay. */
  readonly missing: readonly string[]
}

export interface RecordedEntry extends Traced {
  /** Our clock, ms since 1970 UTC. */
  readonly at: number
}

/** What must come out the same: how a session ended, and its energy. What is absent is not known. */
export interface SessionAccount {
  readonly id: string
  /** Its name on the wire; absent for one that began nowhere. */
  readonly transaction?: string
  readonly state: SessionState
  readonly authorization?: AuthorizationStatus
  readonly startedAt?: number
  readonly endedAt?: number
  readonly meterStartMwh?: MilliWattHours
  readonly meterStopMwh?: MilliWattHours
  readonly energyMwh?: MilliWattHours
  readonly stopReason?: string
}

export const accountOf = (session: Session): SessionAccount => {
  const { id, transaction, state, authorization, startedAt, endedAt, meterStartMwh, meterStopMwh, stopReason } = session
  const energy = energyOf(session)
  return {
    id,
    state,
    ...(transaction !== undefined && { transaction }),
    ...(authorization !== undefined && { authorization: authorization.status }),
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(meterStartMwh !== undefined && { meterStartMwh }),
    ...(meterStopMwh !== undefined && { meterStopMwh }),
    ...(energy !== undefined && { energyMwh: energy.mwh }),
    ...(stopReason !== undefined && { stopReason }),
  }
}

const compared = [
  'state',
  'energyMwh',
  'startedAt',
  'endedAt',
  'meterStartMwh',
  'meterStopMwh',
  'stopReason',
  'authorization',
] as const

export interface Difference {
  readonly of: (typeof compared)[number]
  readonly replayed: string | number | undefined
  readonly stored: string | number | undefined
}

/** In what a replayed session is not as the stored one; all of it where there is none. */
export const differencesOf = (replayed: SessionAccount | undefined, stored: SessionAccount): readonly Difference[] =>
  compared.flatMap((of) =>
    replayed?.[of] === stored[of] ? [] : [{ of, replayed: replayed?.[of], stored: stored[of] }],
  )
