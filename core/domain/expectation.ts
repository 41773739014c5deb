import type { StateReport } from '../ports/current-state.ts'
import type { CertificateUse } from './certificate.ts'
import type { ChargePointRef } from './charge-point.ts'
import type { Progressed } from './fact.ts'
import type { ReportKind } from './item.ts'
import { firmwareVerdict, logVerdict, type Progress, type Verdict, verdictOn } from './progress.ts'
import type { SessionLimits } from './session-limits.ts'

/** What a sent order waits for; a row, so that a restart forgets nothing (DESIGN §5). */
export interface Expectation extends ChargePointRef {
  readonly command: string
  /** When the station accepted the order. */
  readonly answeredAt?: number
  readonly effect: Effect
  readonly until: number
}

export type Effect =
  | {
      readonly type: 'session.started'
      readonly token: string
      readonly evse?: number
      /** The number under which a station of 2.x tells which order it was. */
      readonly remoteStart?: number
      /** What its station is told when it begins. */
      readonly limits?: SessionLimits
    }
  | { readonly type: 'session.stopped'; readonly session: string }
  /** `epoch`: of the socket that the order was written to. */
  | { readonly type: 'booted'; readonly epoch?: number }
  | {
      readonly type: 'status'
      /** Absent: any. */
      readonly evse?: number
      readonly connector?: number
      readonly statuses: readonly string[]
    }
  | { readonly type: 'message'; readonly action: string }
  | {
      readonly type: 'firmware'
      readonly request?: number
      /** It was told to try again by itself. */
      readonly retries: boolean
      readonly version?: string
    }
  | { readonly type: 'log'; readonly request?: number }
  | { readonly type: 'certificate'; readonly use?: Exclude<CertificateUse, 'both'> }
  | {
      readonly type: 'report'
      readonly report: ReportKind
      readonly request: number
      /** It is of everything: what it does not name is not there any more. */
      readonly isWhole?: true
      /** What the station runs that tells of all it has. */
      readonly firmware?: string
    }
  /** The end of what goes on in the station under our number. */
  | {
      readonly type: 'progress'
      readonly of: Progress['of']
      readonly request: number
      /** It was told to try again by itself. */
      readonly retries?: boolean
    }

/** What something that happened means to an order: its end, or a step on its way. */
export interface Consequence {
  readonly verdict: Exclude<Verdict, 'idle'>
  readonly note: string
}

/** What a report of firmware or logs means to an order that waits; 1.6 without the extension names no request. */
export const consequenceOf = (effect: Effect, fact: Progressed): Consequence | undefined => {
  if (effect.type !== 'firmware' && effect.type !== 'log') return undefined
  if (fact.request !== undefined && effect.request !== undefined && fact.request !== effect.request) return undefined
  const verdict = verdictOf(effect, fact)
  return verdict === 'idle' ? undefined : { verdict, note: fact.status }
}

const verdictOf = (effect: Extract<Effect, { type: 'firmware' | 'log' }>, fact: Progressed): Verdict => {
  if (effect.type === 'firmware' && fact.kind === 'firmware.progressed')
    return firmwareVerdict(fact.status, effect.retries)
  if (effect.type === 'log' && fact.kind === 'log.progressed') return logVerdict(fact.status)
  return 'idle'
}

/** The same of what is told with its number. */
export const consequenceOfProgress = (effect: Effect, progress: Progress): Consequence | undefined => {
  if (effect.type !== 'progress' || effect.of !== progress.of || effect.request !== progress.request) return undefined
  const verdict = verdictOn(progress, effect.retries === true)
  return verdict === 'idle' ? undefined : { verdict, note: progress.status }
}

/** What a session began with, as far as it tells by whose order. */
interface Beginning {
  readonly token?: string
  readonly presented?: string
  readonly evse?: number
  readonly remoteStart?: number
}

/** Whether a session that began is the one an order was for: by its number, or by what the station was told to present. */
export const beganBy = (effect: Effect, { presented, token, evse, remoteStart }: Beginning): boolean => {
  if (effect.type !== 'session.started') return false
  if (effect.remoteStart !== undefined) return effect.remoteStart === remoteStart
  return (
    effect.token.toLowerCase() === (presented ?? token)?.toLowerCase() &&
    (effect.evse === undefined || effect.evse === evse)
  )
}

/** Whether a report of the station is what an order waited for. Sessions and jobs are matched in the ledger, with their facts. */
export const fulfils = (
  { effect, answeredAt }: Pick<Expectation, 'effect' | 'answeredAt'>,
  report: StateReport,
): boolean => {
  // the boot of the connect that brought the order is not the one that follows it
  if (effect.type === 'booted')
    return report.kind === 'booted' && (report.epoch > (effect.epoch ?? 0) || (answeredAt ?? Infinity) <= report.at)
  if (effect.type === 'message') return report.kind === 'message' && report.action === effect.action
  if (effect.type === 'firmware')
    return report.kind === 'booted' && effect.version !== undefined && report.inventory.firmware === effect.version
  if (effect.type !== 'status' || report.kind !== 'status') return false
  const { evse, connector, statuses } = effect
  const isThere =
    (evse === undefined || report.report.evse === evse) &&
    (connector === undefined || report.report.connector === connector)
  return isThere && statuses.includes(report.report.status)
}
