import type { Chance } from '../../bench/random.ts'

/** What may go wrong, how often. Each seed draws its own mix: some runs are calm in all but one respect. */
export interface Faults {
  /** Per minute and charge point: the connection drops; or goes quiet both ways and is noticed by nobody. */
  readonly drops: number
  readonly halfOpens: number
  /** Per frame. */
  readonly lostReplies: number
  readonly duplicates: number
  readonly delays: number
  /** Per minute: the server is killed and starts again. */
  readonly crashes: number
  /** Per commit: refused by a serialization error; done, and the answer lost; slow. */
  readonly refusals: number
  readonly lostAnswers: number
  readonly slowCommits: number
  /** How long the store does not commit, once in the run; 0 = never. */
  readonly outageMs: number
  /** Per minute: Redis forgets everything. */
  readonly flushes: number
  /** Per job: it is done twice; it is lost half way. */
  readonly doubleJobs: number
  readonly lostJobs: number
  /** Per minute and charge point: power cut. What waits to be sent is kept, as the specification demands. */
  readonly reboots: number
  /** Per event that a station of 2.x keeps while it is offline: one of those between start and end is dropped for it. */
  readonly fullMemories: number
  /** Per event of 2.x: others overtake it; per connect: what was kept is told in another order; per reading: its number again. */
  readonly overtakings: number
  readonly shuffles: number
  readonly twins: number
  /** Per minute and charge point: it comes again with a newer version. */
  readonly upgrades: number
  /** Per minute: a card is blocked, or good again. */
  readonly blocks: number
}

export type FaultKind = keyof Faults

const most: Readonly<Record<Exclude<FaultKind, 'outageMs'>, number>> = {
  drops: 0.2,
  halfOpens: 0.03,
  lostReplies: 0.05,
  duplicates: 0.05,
  delays: 0.2,
  crashes: 0.05,
  refusals: 0.1,
  lostAnswers: 0.1,
  slowCommits: 0.1,
  flushes: 0.05,
  doubleJobs: 0.3,
  lostJobs: 0.3,
  reboots: 0.02,
  fullMemories: 0.6,
  overtakings: 0.15,
  shuffles: 1,
  twins: 0.1,
  upgrades: 0.03,
  blocks: 1,
}

const second = 1_000
const outages = [5 * second, 60 * second, 600 * second, 7_200 * second]

/** The mix of one seed; kinds that are `without` never happen, whatever the seed says. */
export const drawFaults = (luck: Chance, without: ReadonlySet<string>): Faults => {
  const drawn = Object.entries(most).map(([kind, limit]) => {
    const share = luck.isLucky(0.5) ? luck.next() * limit : 0
    return [kind, without.has(kind) ? 0 : share]
  })
  const outage = luck.isLucky(0.3) ? luck.pick(outages) : 0
  return { ...Object.fromEntries(drawn), outageMs: without.has('outageMs') ? 0 : outage } as unknown as Faults
}

export const faultKinds: readonly FaultKind[] = [...(Object.keys(most) as FaultKind[]), 'outageMs']
