import { type Progress, progressOf } from '../../core/domain/campaign.ts'
import type { CommandOutcome } from '../../core/domain/command.ts'

/**
 * How many targets of a campaign wait, and how many are over with which outcome; all others are on their way. Kept with
 * the campaign and moved under its lock, in the commit that moves the targets: no look at it has to count them all.
 */
export interface Tally {
  readonly waiting: number
  readonly byOutcome: Readonly<Partial<Record<CommandOutcome, number>>>
}

export interface Moved {
  readonly outcome: CommandOutcome
  readonly n: number
}

/** More, or with `-1` fewer, of these outcomes. */
export const tallied = (tally: Tally, moved: readonly Moved[], sign: 1 | -1 = 1): Tally => {
  const byOutcome = { ...tally.byOutcome }
  for (const { outcome, n } of moved) byOutcome[outcome] = (byOutcome[outcome] ?? 0) + sign * n
  return { ...tally, byOutcome }
}

export const progressFrom = (targets: number, { waiting, byOutcome }: Tally, lost = 0): Progress => {
  const over = Object.values(byOutcome).reduce((sum, n) => sum + n, 0)
  const known = Object.fromEntries(Object.entries(byOutcome).filter(([, n]) => n > 0))
  return progressOf({ waiting, ordered: targets - waiting - over, lost, byOutcome: known })
}
