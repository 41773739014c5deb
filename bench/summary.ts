import type { Fleet } from './fleet.ts'
import type { Verdict } from './verdict.ts'

/** What became of a run of chaos: a line for whatever was wrong, and what it comes to. */
export const summary = (
  { chargers, operator }: Pick<Fleet, 'chargers' | 'operator'>,
  { calls, unanswered, sessions, equal, strays, differences }: Verdict,
): { readonly lines: readonly string[]; readonly isRight: boolean } => {
  const problems = [...chargers.flatMap(({ books }) => books.problems), ...(operator?.problems ?? []), ...differences]
  return {
    lines: [
      ...problems,
      `${chargers.length} charge points, ${calls} calls sent, ${unanswered} unanswered, ${operator?.orders ?? 0} orders given`,
      `${sessions} sessions; ${strays} of them told by their stop alone, and kept as that`,
      `${equal} of ${sessions - strays} CDRs have exactly the energy that was metered`,
    ],
    isRight: unanswered === 0 && problems.length === 0,
  }
}
