import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One run that tried to lose or double something, and what came of it. */
export interface Entry {
  readonly at: string
  /** The sources it ran on: a commit, `+` = with changes on top. */
  readonly build: string
  readonly command: string
  readonly seeds: string
  readonly sockets: number
  readonly transactions: number
  /** Frames that stations sent; null where they are not counted. */
  readonly frames: number | null
  readonly faults: Readonly<Record<string, number>>
  readonly acknowledged: number
  readonly lost: number
  readonly doubled: number
  readonly cdrs: { readonly expected: number; readonly got: number; readonly credited: number }
  /** Frames taken and unaccounted for; null where they are not counted. */
  readonly difference: number | null
  readonly seconds: number
  readonly simulatedH: number | null
}

const root = join(import.meta.dirname, '../..')
const file = join(import.meta.dirname, 'ledger.jsonl')

const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()

const build = (): string => {
  try {
    const changed = git('status', '--porcelain', '--', 'core', 'actors', 'adapters') !== ''
    return git('rev-parse', '--short', 'HEAD') + (changed ? '+' : '')
  } catch {
    return 'unknown'
  }
}

/** Adds a run's line to the ledger, and shows it in the README. */
export const record = (entry: Omit<Entry, 'at' | 'build'>): void => {
  const line: Entry = { at: new Date().toISOString(), build: build(), ...entry }
  appendFileSync(file, `${JSON.stringify(line)}\n`)
  const readme = join(root, 'README.md')
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8')))
}

export const entries = (): readonly Entry[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Entry)
    : []

/** The README with the newest line of each command. */
export const withTable = (readme: string): string =>
  readme.replace(
    /<!-- reliability -->[\s\S]*<!-- \/reliability -->/,
    () => `<!-- reliability -->\n\n${table(entries())}\n\n<!-- /reliability -->`,
  )

const table = (all: readonly Entry[]): string => {
  const newest = [...new Map(all.map((entry) => [entry.command, entry])).values()]
  return [
    '| | build | seeds | sockets | charges | frames | faults | acknowledged | lost | doubled | CDRs expected / got / credited | unaccounted | took |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...newest.map((e) => `| \`${e.command}\` | ${rowOf(e).join(' | ')} |`),
  ].join('\n')
}

const rowOf = (e: Entry): readonly string[] => [
  e.build,
  e.seeds,
  count(e.sockets),
  count(e.transactions),
  e.frames === null ? '–' : count(e.frames),
  faultsOf(e.faults),
  count(e.acknowledged),
  `**${e.lost}**`,
  `**${e.doubled}**`,
  `${count(e.cdrs.expected)} / ${count(e.cdrs.got)} / ${count(e.cdrs.credited)}`,
  e.difference === null ? '–' : String(e.difference),
  `${Math.round(e.seconds)} s${e.simulatedH === null ? '' : ` for ${count(Math.round(e.simulatedH))} h`}`,
]

const faultsOf = (faults: Entry['faults']): string => {
  const all = Object.entries(faults)
  const sum = all.reduce((total, [, times]) => total + times, 0)
  // a simulation has too many kinds for a cell; the line in the ledger has them all
  return sum > 1_000 ? count(sum) : all.map(([kind, times]) => `${times} ${kind}`).join(', ')
}

const count = (n: number): string => n.toLocaleString('en-US')
