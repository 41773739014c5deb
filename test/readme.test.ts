import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { settings } from '../adapters/config.ts'
import { keptReports, tables } from '../bench/report/table.ts'
import { withTable } from './reliability/ledger.ts'
import { orderBody } from '../adapters/http/order-body.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

const settingsTable = (): string => {
  const rows = settings.map(
    (s) => `| \`${s.name}\` | ${s.unit} | ${s.default === 'none' ? '–' : s.default} | ${s.about} |`,
  )
  return ['| Setting | Unit | Default | What it does |', '|---|---|---|---|', ...rows].join('\n')
}

/** The README is as this would make it; or is made so, where that is asked for. */
const holds = (made: (text: string) => string): void => {
  const file = join(root, 'README.md')
  if (process.env['UPDATE_README'] === '1') writeFileSync(file, made(readFileSync(file, 'utf8')))
  const now = readFileSync(file, 'utf8')
  expect(now, 'stale: run UPDATE_README=1 npm run check').toBe(made(now))
}

describe('README.md', () => {
  it('lists every setting as it is', () => {
    holds((text) =>
      text.replace(
        /<!-- settings -->[\s\S]*<!-- \/settings -->/,
        () => `<!-- settings -->\n\n${settingsTable()}\n\n<!-- /settings -->`,
      ),
    )
  })

  it('shows the newest runs of the reliability ledger', () => {
    holds(withTable)
  })

  it('shows the figures of the kept bench reports', () => {
    holds((text) =>
      text.replace(
        /<!-- numbers -->[\s\S]*<!-- \/numbers -->/,
        () => `<!-- numbers -->\n\n${tables(keptReports())}\n\n<!-- /numbers -->`,
      ),
    )
  })

  it('lists every order that the API takes', () => {
    const types = orderBody.options.map((option) => option.shape.type.value)
    expect(types.filter((type) => !readme.includes(`| \`${type}\` |`))).toEqual([])
  })

  it('names only files and scripts that are there', () => {
    const scripts = (
      JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
    ).scripts
    const named = [...readme.matchAll(/npm run ([a-z]+)/g)].map(([, name]) => name ?? '')
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
    const files = [...readme.matchAll(/`((?:core|actors|adapters|bench|test)\/[a-z0-9/.-]+\.ts)`/g)].map(
      ([, file]) => file ?? '',
    )
    expect(files.length).toBeGreaterThan(8)
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })
})
