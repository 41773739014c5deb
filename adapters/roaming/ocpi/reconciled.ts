import { clean } from '../../../core/domain/text.ts'
import type { ChoreProgress } from '../../../core/ports/roaming-chores.ts'

/** What reconciliations of all modules have in common. */

/** More objects than this are sampled, every night others: a GET each is what it costs the partner. */
export const mostLooks = 1_000
export const pageSize = 100
/** After so many that nothing could be found out about in a row, it is tried again later. */
export const mostUnclear = 5
const mostNotes = 20

/** What looking for one object came to; `dumb`: the partner shows none. */
export interface Found {
  readonly as: 'same' | 'differed' | 'missing' | 'unclear' | 'unsayable' | 'unseen' | 'dumb'
  readonly note?: string
}

export const counted = (progress: ChoreProgress, as: string, more = 1): ChoreProgress => ({
  ...progress,
  counts: { ...progress.counts, [as]: (progress.counts[as] ?? 0) + more },
})

export const after = (progress: ChoreProgress, { as, note }: Found): ChoreProgress => {
  const next = counted({ ...progress, items: progress.items + 1 }, as)
  return note === undefined || next.notes.length >= mostNotes
    ? next
    : { ...next, notes: [...next.notes, clean(note, 300)] }
}
