import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { without } from '../support/tools.ts'

/** Every state that the model has, with the fence or without; what the checker says of it. */
const explore = (...flags: readonly string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sm-spin-'))
  try {
    const model = join(import.meta.dirname, 'fence.pml')
    execFileSync('spin', ['-a', ...flags, model], { cwd: folder, stdio: 'ignore' })
    execFileSync('cc', ['-DSAFETY', '-O2', '-o', 'pan', 'pan.c'], { cwd: folder, stdio: 'ignore' })
    return spawnSync('./pan', ['-m100000'], { cwd: folder, encoding: 'utf8' }).stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const lack = without.spin()

describe.skipIf(lack !== undefined)(
  `the rule of the epoch, in every state of its model${lack ? ` (${lack})` : ''}`,
  () => {
    it('INV-30 INV-32 INV-35 INV-36 D-5: the row never goes back, and in the end is the newest socket’s, the only open one', () => {
      const said = explore('-DFENCE')
      expect(said).toMatch(/errors: 0/)
      expect(said).not.toMatch(/max search depth too small/)
      expect(Number(/(\d+) states, stored/.exec(said)?.[1])).toBeGreaterThan(10_000)
    })

    it('without the fence an old node has the last word', () => {
      expect(explore()).toMatch(/assertion violated \(epoch>=rowEpoch\)/)
    })
  },
)
