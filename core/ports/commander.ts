import type { CallOutcome } from '../cluster/message.ts'
import type { ChargePointRef } from '../domain/charge-point.ts'
import type { Command, Order } from '../domain/command.ts'
import type { TraceEntry, TraceQuery } from '../domain/trace.ts'

/** Orders to charge points, wherever their sockets are. Implementation: actors/commander.ts. */
export interface Commander {
  /** Takes an order: a row first, then it is on its way. Answers the command as it stands at once. */
  order(ref: ChargePointRef, order: Order, deadlineMs: number): Promise<Command>
  /** Waits until the command is over, but no longer than `ms`; answers it as it stands then. */
  wait(command: Command, ms: number): Promise<Command>
  /** Sends one CSMS-initiated action as it is, and answers what the station answered. */
  call(ref: ChargePointRef, action: string, payload: unknown, timeoutMs: number): Promise<CallOutcome>
  /** What the worker that holds a charge point's socket still has of its trace, newest first; empty when it is not connected. */
  trace(ref: ChargePointRef, query: TraceQuery): Promise<readonly TraceEntry[]>
  /** Closes the charge point's socket, wherever it is: its credentials changed, or it was removed. */
  hangUp(ref: ChargePointRef, reason: string): Promise<void>
}
