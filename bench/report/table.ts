import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readReports } from './files.ts'
import { isMet, type Report } from './report.ts'

const results = join(import.meta.dirname, '../results')

/** The runs whose reports are kept beside the code. */
export const keptReports = (): readonly Report[] =>
  readdirSync(results)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => readReports(join(results, file)))

const short = (value: number): string =>
  value >= 1_000 ? Math.round(value).toLocaleString('en') : String(+value.toPrecision(value >= 100 ? 3 : 2))

/** As tables for the README: what is asked of ratios first, then what was measured. */
export const tables = (reports: readonly Report[]): string => {
  const asked = reports.flatMap(({ scenario, build, ratios }) =>
    ratios.map((ratio) => {
      const { name, value, gate, pairs, spread } = ratio
      const wanted = gate === undefined ? '–' : `${gate.is} ${gate.first} (${gate.aim})`
      const shown = isMet(ratio) === false ? `**${short(value)}**` : short(value)
      return `| ${name} | ${shown} | ${wanted} | ${pairs.length} | ${spread === null ? '–' : `${Math.round(spread * 100)} %`} | \`${scenario}\` ${build} |`
    }),
  )
  const facts = reports.flatMap(({ scenario, facts }) =>
    facts.map(({ name, value, unit }) => `| ${name} | ${short(value)} ${unit} | \`${scenario}\` |`),
  )
  return [
    '| Ratio (bold: missed) | median | asked (aim) | pairs | two controls differ by | scenario, build |',
    '|---|---|---|---|---|---|',
    ...asked,
    '',
    '| Measured | | scenario |',
    '|---|---|---|',
    ...facts,
  ].join('\n')
}
