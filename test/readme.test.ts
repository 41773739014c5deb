import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { settings } from '../adapters/config.ts'
import { keptReports, tables } from '../bench/report/table.ts'
import { withTable } from './reliability/ledger.ts'
import { orderBody } from '../adapters/http/order-body.ts'
import { ordersOf } from '../core/ocpp/router.ts'
import { protocols, versionOf } from '../core/ocpp/version.ts'
import { hasRight, isPlaced, keyRoles, permissions } from '../core/domain/access.ts'
import { areas } from '../core/domain/permission.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

const settingsTable = (): string => {
  const rows = settings.map(
    (s) => `| \`${s.name}\` | ${s.unit} | ${s.default === 'none' ? '–' : s.default} | ${s.about} |`,
  )
  return ['| Setting | Unit | Default | What it does |', '|---|---|---|---|', ...rows].join('\n')
}

const shared = new Set(['type', 'deadlineS', 'whenOffline'])

/** A row for each order: its fields, the actions that say it in each version, and what it succeeds with. */
const ordersTable = (): string => {
  const versions = protocols.toReversed()
  const rows = orderBody.options
    .map((option) => {
      const type = option.shape.type.value
      const fields = Object.entries(option.shape as Record<string, { safeParse(value: unknown): { success: boolean } }>)
        .filter(([name]) => !shared.has(name))
        .map(([name, field]) => (field.safeParse(undefined).success ? `${name}?` : name))
      const said = versions.map((version) => (ordersOf(version).get(type) ?? ['–']).join(', '))
      const succeeds = option.description?.replace('Succeeds with ', '').replace(/\.$/, '') ?? ''
      return `| \`${type}\` | ${fields.join(', ')} | ${said.join(' | ')} | ${succeeds} |`
    })
    .sort()
  const head = `| Order | Fields | ${versions.map(versionOf).join(' | ')} | Succeeds with |`
  return [head, '|---|---|---|---|---|---|', ...rows].join('\n')
}

/** What each role may do, area by area: the first letters of read, write, operate. */
const permissionsTable = (): string => {
  const rows = areas.map((area) => {
    const own = permissions.filter((permission) => permission.startsWith(`${area}.`))
    const letter = (permission: (typeof own)[number]): string => permission[area.length + 1] ?? ''
    const cells = keyRoles.map((role) =>
      own
        .filter((permission) => hasRight(role, permission))
        .map(letter)
        .join(' '),
    )
    const placed = own.filter(isPlaced).map(letter).join(' ')
    return `| ${area} | ${[...cells, placed].join(' | ')} |`
  })
  const head = `| Area | ${keyRoles.join(' | ')} | ◦ |`
  return [head, `|${'---|'.repeat(keyRoles.length + 2)}`, ...rows, '', 'r = read, w = write, o = operate.'].join('\n')
}

/** The README is as this would make it; or is made so, where that is asked for. */
const holds = (made: (text: string) => string, at = 'README.md'): void => {
  const file = join(root, at)
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

  it('of the API lists what each role may do', () => {
    holds(
      (text) =>
        text.replace(
          /<!-- permissions -->[\s\S]*<!-- \/permissions -->/,
          () => `<!-- permissions -->\n\n${permissionsTable()}\n\n<!-- /permissions -->`,
        ),
      'adapters/http/README.md',
    )
  })

  it('lists every order that the API takes, and what says it in each version', () => {
    holds((text) =>
      text.replace(
        /<!-- orders -->[\s\S]*<!-- \/orders -->/,
        () => `<!-- orders -->\n\n${ordersTable()}\n\n<!-- /orders -->`,
      ),
    )
  })

  it('has a line for every order that a dialect knows', () => {
    const types = new Set<string>(orderBody.options.map((option) => option.shape.type.value))
    const known = protocols.flatMap((protocol) => [...ordersOf(protocol).keys()])
    // a certificate is delivered when it has been signed: nobody orders it
    expect(known.filter((type) => !types.has(type) && type !== 'deliverCertificate')).toEqual([])
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
