import type { Outlet } from './outlet.ts'

/** An independently operated charging spot. Its uid is ours and never another's; its EVSEID is public and may move. */
export interface Evse {
  readonly tenant: string
  readonly uid: string
  /** Absent where both are removed. */
  readonly station?: string
  /** As it is shown: `DE*ABC*E123`. */
  readonly evseId?: string
  readonly state: EvseState
  /** Which plug it is now. */
  readonly plug?: Plug
  readonly outlets: readonly Outlet[]
  readonly changedAt: number
}

/** Removed ones stay: partners drop whatever is not in their list any more (OCPI locations). */
export const evseStates = ['planned', 'active', 'removed'] as const
export type EvseState = (typeof evseStates)[number]

/** An EVSE as OCPP names it: a charge point, and the number that it has there. */
export interface Plug {
  readonly chargePoint: string
  readonly evse: number
}

/** Whether a plug that an EVSE was is that no more. */
export const isFreed = (before: Plug | undefined, now: Plug | undefined): boolean =>
  before !== undefined && (before.chargePoint !== now?.chargePoint || before.evse !== now.evse)
