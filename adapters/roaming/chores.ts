import type { ChoreKind, DoChore } from '../../core/ports/roaming-chores.ts'
import { pull, type PullParts } from './ocpi/pull.ts'
import { reconcile, type ReconcileParts } from './ocpi/reconcile.ts'

/** What is done about partners from time to time. */
export const choresOf = (parts: PullParts & ReconcileParts): Readonly<Record<ChoreKind, DoChore>> => ({
  pull: pull(parts),
  reconcile: reconcile(parts),
})
