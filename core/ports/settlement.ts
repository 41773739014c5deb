import type { AuditActor } from '../domain/audit.ts'
import type { Amount } from '../pricing/priced.ts'
import type { HolderKind } from '../settlement/account.ts'
import type { RunChange, RunEvent, RunRef, SettlementRun } from '../settlement/run.ts'
import type { PartyStatement, StatementPosting, TrialBalance } from '../settlement/statement.ts'
import type { Page, PageRequest } from './store.ts'

/** What the general ledger of a tenant says, and how its months are closed. */
export interface SettlementStore extends SettlementRuns {
  /**
   * The run of a month, begun if it is not yet: asked twice, it is the same; one that waits tries again at once. `early`: the month is not over. `gap`: this
   * one before it must be closed first. `passed`: this one after it is closed already.
   */
  start(ref: RunRef, by: AuditActor, at: number): Promise<SettlementRun | NotBegun>
  find(ref: RunRef): Promise<SettlementRun | undefined>
  /** The newest month first. */
  list(tenant: string, page: PageRequest): Promise<Page<SettlementRun>>
  /** Every account in a month; all of them together come to nothing. Undefined: nothing was ever posted up to it. */
  trialOf(ref: RunRef): Promise<TrialBalance | undefined>
  /** Of one party in a month; undefined: it has no account by then. */
  statementOf(ref: RunRef, party: string): Promise<PartyStatement | undefined>
  /** Its postings, in the order of their vouchers, up to the last one that the statement has. */
  postings(
    ref: RunRef,
    statement: Pick<PartyStatement, 'party' | 'last'>,
    page: PageRequest,
  ): Promise<Page<StatementPosting>>
  /**
   * Posts it into the month that it is, or the first that is open; with it an audit entry. Undefined: there is no such
   * party, neither in the market nor among the accounts.
   */
  adjust(adjustment: Adjustment, by: AuditActor): Promise<Adjusted | undefined>
}

export type NotBegun = { readonly not: 'early' } | { readonly not: 'gap' | 'passed'; readonly month: string }

/** Runs go on step by step, each in one commit. */
export interface SettlementRuns {
  /** One that is not over, of any tenant: the one that has waited longest. */
  due(at: number): Promise<RunRef | undefined>
  /** Its next step, with what `decide` makes of what came of it; undefined where somebody else has it in hand, or it is over. */
  step(
    ref: RunRef,
    at: number,
    decide: (run: SettlementRun, event: RunEvent) => RunChange | undefined,
  ): Promise<SettlementRun | undefined>
  /** It cannot go on before this. */
  putOff(ref: RunRef, fault: string, until: number): Promise<void>
}

/** What a person puts right: a party owes the operator more by it (above nothing), or less. */
export interface Adjustment {
  readonly id: string
  readonly tenant: string
  readonly party: { readonly kind: HolderKind; readonly id: string }
  readonly amount: Amount
  readonly currency: string
  readonly reason: string
  readonly at: number
}

export interface Adjusted {
  readonly voucher: number
  readonly month: string
}
