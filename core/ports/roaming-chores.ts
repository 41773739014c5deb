import type { RoamingPartner } from '../domain/roaming-partner.ts'
import type { RoamingModule } from './roaming.ts'

/** `pull`: we read a partner's list. `reconcile`: we look whether it has what we have told it. */
export const choreKinds = ['pull', 'reconcile'] as const
export type ChoreKind = (typeof choreKinds)[number]

export const choreStates = ['waiting', 'running', 'done', 'failed'] as const
export type ChoreState = (typeof choreStates)[number]

export interface ChoreRef {
  readonly tenant: string
  readonly partner: string
  readonly kind: ChoreKind
  readonly module: RoamingModule
}

/** What is wanted of it: everything, or what has changed since then by the partner's clock. */
export interface ChoreWish {
  readonly whole: boolean
  readonly from?: number
}

/** How far it has come, and what came of it: kept while it runs, so that whoever goes on knows. */
export interface ChoreProgress {
  /** Where it goes on: a page of the partner's list, or a place in our own. */
  readonly next?: string
  /** Objects that have been looked at. */
  readonly items: number
  /** How many there are, by the partner's word or by ours. */
  readonly total?: number
  /** By what came of them: `changed`, `same`, `refused`, `removed`, `missing`, `differed`, `resent`, `unclear`, `unseen`. */
  readonly counts: Readonly<Record<string, number>>
  /** The first few that something was wrong with, and what. */
  readonly notes: readonly string[]
  /** Nothing that was in the list went by unread: so what was not in it is not there. */
  readonly isSound: boolean
}

export const noProgress: ChoreProgress = { items: 0, counts: {}, notes: [], isSound: true }

/** Something that is done about a partner from time to time, or on an operator's word. */
export interface Chore extends ChoreRef {
  readonly state: ChoreState
  readonly due: number
  readonly wanted: ChoreWish
  /** Another number for each run; one that is asked for anew is another run. */
  readonly run: number
  readonly attempt: number
  readonly progress: ChoreProgress
  readonly beganAt?: number
  readonly endedAt?: number
  /** When it ended well last: whole, and at all. */
  readonly wholeAt?: number
  readonly doneAt?: number
  /** Why it failed. */
  readonly detail?: string
}

export interface ChoreEnd {
  readonly state: 'done' | 'failed'
  readonly progress: ChoreProgress
  readonly detail?: string
  /** When it is to be done again, and what then is wanted of it. */
  readonly due: number
  readonly wanted: ChoreWish
  readonly attempt: number
}

/** A registered partner, whose registration nobody has planned the chores of. */
export type Unplanned = Pick<RoamingPartner, 'tenant' | 'id' | 'endpoints'> & { readonly registeredAt: number }

export type PlannedChore = Pick<ChoreRef, 'kind' | 'module'> & Pick<Chore, 'due'>

/** Implementation: adapters/postgres/roaming-chores.ts. */
export interface ChoreStore {
  unplanned(): Promise<readonly Unplanned[]>
  /** What was there of an older registration begins anew. */
  plan(partner: Unplanned, chores: readonly PlannedChore[]): Promise<void>
  /** On an operator's word: one that runs is superseded. */
  want(ref: ChoreRef, wanted: ChoreWish, at: number): Promise<Chore>
  list(tenant: string, partner: string): Promise<readonly Chore[]>
  /** The next that is due, of none of these partners; it is held by one process until then. */
  take(hold: ChoreHold & { readonly busy: readonly string[] }): Promise<Chore | undefined>
  /** False: it is somebody else's now, or another run of it is wanted. */
  keep(chore: Chore, progress: ChoreProgress, hold: ChoreHold): Promise<boolean>
  end(chore: Chore, end: ChoreEnd, hold: Pick<ChoreHold, 'by' | 'at'>): Promise<boolean>
}

export interface ChoreHold {
  readonly by: string
  readonly at: number
  readonly until: number
}

export const busyKey = ({ tenant, partner }: Pick<ChoreRef, 'tenant' | 'partner'>): string => `${tenant}/${partner}`

/** Does one, and says how far it has come; while `keep` says yes, it may go on. Throws for what should be tried again. */
export type DoChore = (
  partner: RoamingPartner,
  chore: Chore,
  keep: (progress: ChoreProgress) => Promise<boolean>,
) => Promise<ChoreOutcome>

export type ChoreOutcome =
  | { readonly type: 'done'; readonly progress: ChoreProgress; readonly next: ChoreWish }
  | { readonly type: 'failed'; readonly progress: ChoreProgress; readonly reason: string }
  /** It is no longer ours. */
  | { readonly type: 'left' }
