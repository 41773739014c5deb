import type { CallOutcome } from '../cluster/message.ts'
import type { ChargePointRef } from '../domain/charge-point.ts'
import type { Command } from '../domain/command.ts'
import type { Order } from '../domain/order.ts'
import type { TraceEntry, TraceQuery } from '../domain/trace.ts'

/** Orders to charge points, wherever their sockets are. Implementation: actors/commander.ts. */
export interface Commander {
  /** Takes an order: a row first, then it is on its way. Answers the command as it stands at once. */
  order(ref: ChargePointRef, order: Order, deadlineMs: number, how?: OrderManner): Promise<Command>
  /** Sends what has waited for the charge point to be connected, the oldest first. */
  resume(ref: ChargePointRef): Promise<void>
  /** Takes an order back that was not sent yet; undefined where it is too late for that. */
  cancel(command: Command): Promise<Command | undefined>
  /**
   * Sends a command on its way whose row is there already. It may be asked of it again after a crash: the row decides,
   * and it is written to the station at most once.
   */
  dispatch(command: Command): Promise<void>
  /** Waits until the command is over, but no longer than `ms`; answers it as it stands then. */
  wait(command: Command, ms: number): Promise<Command>
  /** Sends one CSMS-initiated action as it is, and answers what the station answered. */
  call(ref: ChargePointRef, action: string, payload: unknown, timeoutMs: number): Promise<CallOutcome>
  /** What the worker that holds a charge point's socket still has of its trace, newest first; empty when it is not connected. */
  trace(ref: ChargePointRef, query: TraceQuery): Promise<readonly TraceEntry[]>
  /** Closes the charge point's socket, wherever it is: its credentials changed, or it was removed. */
  hangUp(ref: ChargePointRef, reason: string): Promise<void>
}

export interface OrderManner {
  /** It may wait for the charge point to be connected, until its deadline. */
  readonly waits?: boolean
  /** What it is to be called, a UUID: whoever has noted it down finds the order after a crash, or that there is none. */
  readonly id?: string
}
