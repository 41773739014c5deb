import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const scripts = [
  'app',
  'contracts',
  'explanation',
  'resale',
  'roaming',
  'roaming-acts',
  'roaming-checks',
  'roaming-chores',
  'roaming-connect',
  'roaming-deliveries',
  'roaming-hub',
  'roaming-invite',
  'roaming-ledger',
  'roaming-partner',
  'roaming-partners',
  'roaming-received',
  'roaming-score',
  'roaming-words',
  'settlement',
  'settlement-words',
  'sims',
  'sims-sheet',
  'sims-words',
  'sites',
  'svg',
  'table',
]

/** The console's files by path: a page, its scripts, a style; served as they are. */
export const consolePages = (): ReadonlyMap<string, { readonly type: string; readonly body: string }> => {
  const file = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: file('index.html') }],
    ...scripts.map(
      (name) => [`/${name}.js`, { type: 'text/javascript; charset=utf-8', body: file(`${name}.js`) }] as const,
    ),
    ['/style.css', { type: 'text/css; charset=utf-8', body: file('style.css') }],
  ])
}
