import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { redisDirectory } from '../../adapters/redis/directory.ts'
import { openRedis } from '../../adapters/redis/connect.ts'
import { median } from '../cpu.ts'

export interface ClaimFigures {
  /** Per second, medians over the rounds. */
  readonly directory: number
  readonly bare: number
  /** Median over the rounds of what the directory reached of the bare script in the same round. */
  readonly share: number
}

const places = 20_000
const batch = 1_000

/** Claims of 20,000 places through the directory, each turn's as one pipeline, beside the same script in bare pipelines. */
export const claims = async (redisUrl: string, rounds: number): Promise<ClaimFigures> => {
  const silence = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const ours = openRedis({ urls: [redisUrl], isCluster: false }, 'state', silence)
  const theirs = new Redis(redisUrl)
  const directory = redisDirectory(ours)
  const script = readFileSync(join(import.meta.dirname, '../../adapters/redis/claim.lua'), 'utf8')
  const sha = String(await theirs.script('LOAD', script))
  const figures: { readonly directory: number; readonly bare: number }[] = []
  for (let round = 1; round <= rounds; round++) {
    const rate = async (claim: (from: number) => Promise<unknown>): Promise<number> => {
      const began = performance.now()
      for (let from = 0; from < places; from += batch) await claim(from)
      return (places * 1_000) / (performance.now() - began)
    }
    const bare = await rate((from) => {
      const pipeline = theirs.pipeline()
      for (let i = from; i < from + batch; i++)
        pipeline.evalsha(sha, 1, `sm:place:{bare/BENCH-${i}}`, round, 'w1', 180_000)
      return pipeline.exec()
    })
    const through = await rate((from) =>
      Promise.all(
        Array.from({ length: batch }, (_, i) =>
          directory.claim({ tenant: 'bench', identity: `BENCH-${from + i}` }, { worker: 'w1', epoch: round }),
        ),
      ),
    )
    figures.push({ directory: through, bare })
  }
  ours.disconnect()
  theirs.disconnect()
  return {
    directory: median(figures.map((f) => f.directory)),
    bare: median(figures.map((f) => f.bare)),
    share: median(figures.map((f) => f.directory / f.bare)),
  }
}
