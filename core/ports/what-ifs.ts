import type { Tally } from '../pricing/tally.ts'

/** Accounts that are there, priced by another tariff on paper: what would have been. Nothing of them changes. */
export interface WhatIf {
  readonly id: string
  readonly tenant: string
  readonly tariff: string
  readonly version: number
  /** Accounts that began in this time, ms since 1970 UTC; the end is excluded. */
  readonly from: number
  readonly to: number
  readonly chargePoint?: string
  readonly site?: string
  readonly state: WhatIfState
  /** Why it has failed. */
  readonly reason?: string
  /** How many there are to price; absent until it has begun. */
  readonly of?: number
  readonly tally: Tally
  readonly createdAt: number
  readonly changedAt: number
}

export const whatIfStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
export type WhatIfState = (typeof whatIfStates)[number]

export type WhatIfDraft = Omit<WhatIf, 'state' | 'reason' | 'of' | 'tally' | 'changedAt'>

/** They go on page by page, each page in one commit: whoever dies is followed by the next runner, of whatever process. */
export interface WhatIfStore {
  create(draft: WhatIfDraft): Promise<WhatIf>
  find(tenant: string, id: string): Promise<WhatIf | undefined>
  /** False where it is over already. */
  cancel(tenant: string, id: string, at: number): Promise<boolean>
  /** One that is not over, of any tenant: the one that has waited longest. */
  due(): Promise<Pick<WhatIf, 'tenant' | 'id'> | undefined>
  /** Its next page; undefined where somebody else has it in hand, or it is over. */
  step(ref: Pick<WhatIf, 'tenant' | 'id'>, at: number): Promise<WhatIf | undefined>
  /** It cannot go on. */
  fail(ref: Pick<WhatIf, 'tenant' | 'id'>, reason: string, at: number): Promise<void>
}
