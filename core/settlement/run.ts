/**
 * A settlement run: one month of a tenant brought to its end. Whatever is not yet posted of it is, what the month itself
 * costs is charged, nothing more is let in, and what there is gets its digest. Each month is run once, in their order.
 */
export interface SettlementRun extends RunRef {
  readonly state: RunState
  readonly progress: RunProgress
  /** Of all that was posted, by its sources: the same for the same books, to the byte. Hexadecimal digits; of a closed one. */
  readonly digest?: string
  /** Of a closed one: its statements on their way to the operator's books, and those of them that are there. */
  readonly deliveries?: { readonly filed: number; readonly arrived: number }
  /** Why it cannot go on just now. */
  readonly fault?: string
  readonly createdAt: number
  readonly changedAt: number
}

export interface RunRef {
  readonly tenant: string
  /** `2026-11` */
  readonly month: string
}

export const runStates = ['queued', 'posting', 'fees', 'closing', 'closed'] as const
export type RunState = (typeof runStates)[number]

export interface RunProgress {
  /** Documents that were sealed in the month, and those of them that are posted. */
  readonly documents: number
  readonly posted: number
  /** Vouchers of what the month itself costs. */
  readonly fees: number
  /** Vouchers that the month has, and those of them that its digest is of already. */
  readonly vouchers: number
  readonly sealed: number
}

export const notBegun: RunProgress = { documents: 0, posted: 0, fees: 0, vouchers: 0, sealed: 0 }

/** What one step of a run has come to, in the commit of that step. `left`: there is more of it. */
export type RunEvent =
  | { readonly type: 'begun'; readonly documents: number }
  /** `posted`: documents of the month, by now. */
  | { readonly type: 'posted'; readonly posted: number; readonly left: boolean }
  | { readonly type: 'charged'; readonly fees: number; readonly left: boolean }
  | { readonly type: 'sealed'; readonly sealed: number; readonly vouchers: number; readonly left: boolean }

/** What one event makes of a run. */
export interface RunChange {
  readonly run: SettlementRun
  /** From this commit on nothing is posted into the month but what it costs itself. */
  readonly shuts: boolean
  /** Its digest is whole: the month is closed for good. */
  readonly closes: boolean
}
