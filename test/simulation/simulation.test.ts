import { describe, expect, it } from 'vitest'
import { runAll } from './hands.ts'
import { run } from './run.ts'
import { replayOf } from './shrink.ts'

const seeds = Number(process.env['SM_SEEDS'] ?? 1_000)

describe('the simulation', () => {
  it('is the same run for the same seed', async () => {
    for (const seed of [3, 20, 77]) {
      const [one, other] = [await run({ seed }), await run({ seed })]
      expect([other.hash, other.happened, other.acknowledged]).toEqual([one.hash, one.happened, one.acknowledged])
    }
  })

  it(
    `INV-01 INV-04 INV-10 INV-12 INV-14 INV-15 INV-20 INV-21 INV-22 INV-23 INV-24 INV-25 INV-26 INV-40 INV-43 INV-44 INV-48: nothing acknowledged is lost, nothing is billed twice, in ${seeds} seeds of stations of every version`,
    { timeout: 600_000 },
    async () => {
      let acknowledged = 0
      const broken: string[] = []
      const all = Array.from({ length: seeds }, (_, i) => ({ seed: i + 1 }))
      await runAll(all, async (options, outcome) => {
        acknowledged += outcome.acknowledged
        for (const violation of outcome.violations) broken.push(`${replayOf(options)}: ${violation}`)
        return broken.length > 0 ? 'enough' : undefined
      })
      expect(broken).toEqual([])
      expect(acknowledged).toBeGreaterThan(seeds * 10)
    },
  )
})
