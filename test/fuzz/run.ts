import { chance } from '../../bench/random.ts'
import { protocols } from '../../core/ocpp/version.ts'
import { type FuzzOutcome, Tally } from './tally.ts'
import { Talk } from './talk.ts'

export interface FuzzOptions {
  readonly frames: number
  readonly seed: number
  /** One part alone, to find a failure again. */
  readonly part?: number | undefined
  readonly progress?: (done: number, failures: number) => void
}

/** A worker hears so many frames and then gives way to a new one: its ledger in memory keeps all it is told. */
export const partOf = 10_000

/** What is compiled on first use is not what a frame costs. */
const warmUp = 2_000

/**
 * Spoilt frames in their tens of thousands (INV-65): nothing is thrown, whatever is a CALL is answered once, nothing
 * else is, and the worker is as good as before. The same seed is the same run, part by part.
 */
export const fuzz = async ({ frames, seed, part, progress }: FuzzOptions): Promise<FuzzOutcome> => {
  await hear(new Tally(warmUp), { seed, part: -1, frames: warmUp })
  const tally = new Tally(frames)
  for (let n = part ?? 0; tally.frames < frames && !tally.isHopeless; n++) {
    await hear(tally, { seed, part: n, frames: Math.min(partOf, frames - tally.frames) })
    progress?.(tally.frames, tally.failures.length)
  }
  if (({} as Readonly<Record<string, unknown>>)['polluted'] !== undefined) tally.fail('every object is polluted')
  return tally.outcome()
}

const hear = async (
  tally: Tally,
  { seed, part, frames }: { readonly seed: number; readonly part: number; readonly frames: number },
): Promise<void> => {
  const luck = chance(seed, part)
  // one part after the other each version has its turn, 1.6 first
  const protocol = protocols.toReversed()[Math.max(0, part) % protocols.length] ?? 'ocpp1.6'
  const talk = new Talk(tally, `--seed ${seed} --part ${part} (${protocol})`, luck, { protocol })
  for (const until = tally.frames + frames; tally.frames < until && !tally.isHopeless;)
    await talk.burst(Math.min(until - tally.frames, luck.isLucky(0.6) ? 1 : luck.integer(2, 8)))
  await talk.end()
}
