import { versionOf } from '../core/ocpp/version.ts'
import type { Fleet } from './fleet.ts'
import type { Member } from './member.ts'
import type { Verdict, VersionVerdict } from './verdict.ts'

/** What became of a run of chaos: a line for whatever was wrong, and what it comes to. */
export const summary = (
  { chargers, operator }: Pick<Fleet, 'chargers' | 'operator'>,
  { calls, unanswered, sessions, equal, strays, versions, differences }: Verdict,
): { readonly lines: readonly string[]; readonly isRight: boolean } => {
  const problems = [...chargers.flatMap(({ books }) => books.problems), ...(operator?.problems ?? []), ...differences]
  return {
    lines: [
      ...problems,
      ...versions.map(versionLine),
      `${chargers.length} charge points, ${calls} calls sent, ${unanswered} unanswered, ${operator?.orders ?? 0} orders given`,
      `${sessions} sessions; ${strays} of them told by their stop alone, and kept as that`,
      `${equal} of ${sessions - strays} CDRs have exactly the energy that was metered`,
    ],
    isRight: unanswered === 0 && problems.length === 0,
  }
}

const versionLine = ({ protocol, chargers, calls, sessions, equal, strays }: VersionVerdict): string =>
  `OCPP ${versionOf(protocol)}: ${chargers} charge points, ${calls} calls, ${equal} of ${sessions - strays} CDRs exact`

/** What a fleet is made of: `7 of OCPP 1.6, 7 of OCPP 2.0.1, 6 of OCPP 2.1`. */
export const mix = (members: readonly Member[]): string =>
  [...Map.groupBy(members, ({ protocol }) => protocol)]
    .map(([protocol, of]) => `${of.length} of OCPP ${versionOf(protocol)}`)
    .join(', ')

/** What a fleet has done, version by version. */
export const deeds = (members: readonly Member[]): readonly string[] =>
  [...Map.groupBy(members, ({ protocol }) => protocol)].map(([protocol, of]) => {
    const sessions = of.flatMap((one) => one.sessions)
    const stopped = sessions.filter(({ stopAnswered }) => stopAnswered).length
    return `OCPP ${versionOf(protocol)}: ${of.length} charge points, ${sessions.length} sessions, ${stopped} of them stopped and acknowledged`
  })
