import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gaps, promised } from './reliability/ids.ts'

const folder = import.meta.dirname
const page = join(folder, 'COVERAGE.md')

/** Ids in the texts of a file: names of tests, rows of tables, what the checks of a simulation complain of. */
const idsIn = (file: string): readonly string[] => {
  const text = readFileSync(join(folder, file), 'utf8')
  const texts = text.match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? []
  return texts.flatMap((quoted) => quoted.match(/\b(?:INV|BI|F|R)-\d{1,2}[a-c]?\b/g) ?? [])
}

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('reliability') && !file.startsWith('coverage'))
  .toSorted()

const covered = new Map<string, Set<string>>()
for (const file of files) for (const id of idsIn(file)) covered.set(id, (covered.get(id) ?? new Set()).add(file))

const rendered = (): string => {
  const shown = promised.map((id) => {
    const by = [...(covered.get(id) ?? [])].map((file) => `\`${file}\``).join(', ')
    return `| ${id} | ${by === '' ? `– ${gaps[id] ?? ''}` : by} |`
  })
  const count = promised.filter((id) => covered.has(id)).length
  return [
    '# What is shown by which tests',
    '',
    'Made by `test/coverage.test.ts` from the texts of the tests: their names, rows of tables, what the checks of the simulation',
    'complain of. INV: invariants, F: faults, R: failures seen in the field, BI: bad input. A text carries an id only where its test looks at what a station received or at rows read back.',
    '',
    `${count} of ${promised.length} ids are in the texts of tests; the others say why not.`,
    '',
    '| Id | Tests |',
    '|---|---|',
    ...shown,
    '',
  ].join('\n')
}

describe('test/COVERAGE.md', () => {
  it('is as the tests are', () => {
    if (process.env['UPDATE_README'] === '1') writeFileSync(page, rendered())
    expect(readFileSync(page, 'utf8'), 'stale: run UPDATE_README=1 npm run check').toBe(rendered())
  })

  it('leaves no id without a test or a reason, and no reason where there is a test', () => {
    expect(promised.filter((id) => !covered.has(id) && gaps[id] === undefined)).toEqual([])
    expect(Object.keys(gaps).filter((id) => covered.has(id))).toEqual([])
  })
})
