import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort, runtimeCommand } from '../support/process.ts'
import { freshData } from '../support/data-directory.ts'
import { testKey } from '../support/server.ts'

const root = join(import.meta.dirname, '../..')
const data: string[] = []
afterEach(() => {
  for (const folder of data.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** The demo as somebody starts it from a terminal: its code, and what it said. */
const demo = async (...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> => {
  const folder = freshData()
  data.push(folder)
  const [program = ''] = runtimeCommand('bun') ?? []
  const child = spawn(program, [join(root, 'adapters/main.ts'), 'demo', ...args], {
    env: { ...process.env, SM_DATA: folder, SM_PORT: String(await freePort()), SM_OPS_PORT: '0', SM_API_KEY: testKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => void child.once('close', resolve))
  return { code, output }
}

describe('the demo', () => {
  it(
    'in chaos ends after its minutes with what it comes to, and with 0 where all is accounted for',
    { timeout: 180_000 },
    async () => {
      const { code, output } = await demo('--chaos', '--minutes', '0.1')
      expect(output).toMatch(/^chaos: 20 charge points, \d+ calls sent, 0 unanswered, \d+ orders given$/m)
      for (const version of ['1.6', '2.0.1', '2.1'])
        expect(output).toMatch(
          new RegExp(`^chaos: OCPP ${version.replaceAll('.', '\\.')}: [67] charge points, .+ CDRs exact$`, 'm'),
        )
      const [, equal, due] = /^chaos: (\d+) of (\d+) CDRs have exactly the energy that was metered$/m.exec(output) ?? []
      expect(Number(equal)).toBeGreaterThanOrEqual(6)
      expect([equal, output.trimEnd().endsWith('stopped'), code]).toEqual([due, true, 0])
    },
  )

  it(
    'of the market tells who gets what of a session, and that nothing is left over',
    { timeout: 120_000 },
    async () => {
      const { code, output } = await demo('--market', '--minutes', '1')
      const line = (name: string): number =>
        Number(new RegExp(`^market:   ${name} +(-?\\d+\\.\\d\\d) EUR`, 'm').exec(output)?.[1])
      const parts = ['Site owner S', 'Reseller R', 'the state, tax', 'CPO A, what it keeps'].map(line)
      expect(parts.reduce((sum, part) => sum + Math.round(part * 100), 0)).toBe(Math.round(line('EMP B') * 100))
      expect([line('left over'), Math.min(...parts) > 0, code]).toEqual([0, true, 0])
      expect(output).toMatch(/^market: what A owed R for it, in the books of A and of R: -5\.95 and 5\.95 EUR$/m)
    },
  )

  it('says what it does not understand', async () => {
    const { code, output } = await demo('--calm')
    expect([code, output]).toEqual([1, expect.stringContaining('--calm')])
    expect(output).not.toContain('    at ')
  })
})
