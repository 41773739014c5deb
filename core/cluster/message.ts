import type { ChargePointRef } from '../domain/charge-point.ts'
import type { Command } from '../domain/command.ts'
import type { OrderContext } from '../ocpp/dialect.ts'
import type { TraceEntry, TraceQuery } from '../domain/trace.ts'

/**
 * What workers say to each other. Numbered and append-only, so that two versions can run side by side: a number's
 * meaning never changes, fields are only added, an unknown number is answered `unknown`.
 */
export type WorkerMessage =
  /** Send a CALL to a station that is yours, once. */
  | {
      readonly number: 1
      readonly to: ChargePointRef
      readonly action: string
      readonly payload: unknown
      readonly deadline: number
    }
  /** The last frames of a station that is yours, oldest first. Asked by workers of the version before 13 only. */
  | { readonly number: 2; readonly to: ChargePointRef; readonly limit: number }
  /** Close the station's socket when its epoch is lower than this one. */
  | {
      readonly number: 3
      readonly to: ChargePointRef
      readonly below: number
      readonly code: number
      readonly reason: string
      /** A newer socket has taken its place. */
      readonly replaced?: true
    }
  /** Carry out an order at a station that is yours: put it into the station's words, send it once, follow it. */
  | {
      readonly number: 4
      readonly to: ChargePointRef
      readonly command: Command
      /** Of one that ends a session; a worker of the version before knows no `context`. */
      readonly transaction?: string
      readonly context?: Omit<OrderContext, 'now' | 'number'>
    }
  /** The last entries of the trace of a station that is yours, newest first. */
  | { readonly number: 13; readonly to: ChargePointRef; readonly query: TraceQuery }

export type WorkerAnswer =
  | { readonly type: 'called'; readonly outcome: CallOutcome }
  | { readonly type: 'frames'; readonly frames: readonly Pick<TraceEntry, 'at' | 'direction' | 'text'>[] }
  | { readonly type: 'trace'; readonly entries: readonly TraceEntry[] }
  | { readonly type: 'done' }
  /** The station is not here (any more). */
  | { readonly type: 'notHere' }
  | { readonly type: 'unknown' }

/** How a CALL of ours ended. */
export type CallOutcome =
  | {
      readonly type: 'result'
      readonly messageId: string
      readonly protocol: string
      readonly payload: unknown
      readonly valid: boolean
    }
  | {
      readonly type: 'error'
      readonly messageId: string
      readonly protocol: string
      readonly code: string
      readonly description: string
      readonly details: unknown
    }
  /** Written to the socket and never answered: it may have been carried out (INV-48). */
  | { readonly type: 'timeoutUnknown'; readonly messageId: string; readonly protocol: string }
  /** Never written: offline, or the deadline passed in the queue. */
  | { readonly type: 'notDelivered'; readonly reason: string }
  /** The station's version has no such action, or the payload breaks its schema. */
  | { readonly type: 'invalid'; readonly reason: string }
