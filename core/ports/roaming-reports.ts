import type { Exchange } from './roaming.ts'
import type { Page, PageRequest } from './store.ts'

/** A line of the roaming ledger, as it is read. */
export interface LedgerLine extends Exchange {
  readonly serial: number
}

export interface LedgerFilter {
  readonly partner?: string
  readonly module?: string
  readonly result?: Exchange['result']
  readonly object?: string
  /** When it began: the first is included, the second is not. */
  readonly from?: number
  readonly to?: number
}

/** How it goes with a partner, module by module. */
export interface Scorecard {
  readonly modules: readonly ModuleScore[]
  readonly lanes: readonly { readonly module: string; readonly behind: number; readonly faults: number }[]
  /** CDRs on their way to it, by their state. */
  readonly deliveries: Readonly<Record<string, number>>
  /** CDRs of its own, by what we found when we worked them out again. */
  readonly verdicts: Readonly<Record<string, number>>
  /** By how much its newest object is ahead of our clock; 0: by nothing. */
  readonly clockAheadMs: number
}

export interface ModuleScore {
  readonly module: string
  readonly days: readonly WindowScore[]
  /** The last that were done: asked by us, and by the partner. */
  readonly lastOut?: number
  readonly lastIn?: number
  /** Of the longest time, the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly times: number }[]
}

export interface WindowScore {
  readonly days: 1 | 7 | 30
  readonly exchanges: number
  readonly done: number
  readonly p50Ms: number
  readonly p95Ms: number
}

/** What was exchanged with partners, to read. Implementation: adapters/postgres/roaming-reports.ts. */
export interface RoamingReports {
  /** The newest first. */
  exchanges(tenant: string, filter: LedgerFilter, page: PageRequest): Promise<Page<LedgerLine>>
  scorecard(tenant: string, partner: string, now: number): Promise<Scorecard>
}
