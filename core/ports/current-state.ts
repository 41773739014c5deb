import type { ChargePointRef, Inventory, Registration } from '../domain/charge-point.ts'
import type { ConnectorReport, ConnectorStatus } from '../domain/connector.ts'

/**
 * How things stand now: presence, inventory, connector status. Written in batches, newest wins; every write carries the
 * connection epoch and changes nothing when a newer socket has written (D-5, INV-35). Not part of it: facts.
 */
export interface CurrentState {
  /** Commits a batch; answers the orders that these states fulfilled. Throws `LedgerUnavailable` like the ledger. */
  write(reports: readonly StateReport[]): Promise<readonly string[]>
}

export type StateReport = ChargePointRef & { readonly epoch: number; readonly at: number } & (
    | { readonly kind: 'connected'; readonly protocol: string; readonly address: string; readonly worker: string }
    | { readonly kind: 'seen' }
    | { readonly kind: 'disconnected'; readonly code: number; readonly reason: string }
    | { readonly kind: 'booted'; readonly inventory: Inventory; readonly registration: Registration }
    | {
        readonly kind: 'status'
        readonly report: ConnectorReport
        readonly before: ConnectorStatus
        readonly irregular: boolean
        /** As it stood when the socket opened: it is written, and nobody need hear of it. */
        readonly unchanged: boolean
      }
    | { readonly kind: 'message'; readonly action: string }
    /** A reservation that its station has let go of. */
    | { readonly kind: 'reservation'; readonly id: number; readonly reason: string }
    | { readonly kind: 'alarm'; readonly alarm: string; readonly detail: string }
  )
