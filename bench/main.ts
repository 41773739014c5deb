import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { isProtocol, type Protocol, protocols } from '../core/ocpp/version.ts'
import { bands, isOutside } from './bands.ts'
import { compare, line } from './report/compare.ts'
import { readReports, writeReports } from './report/files.ts'
import { page } from './report/page.ts'
import { isMet, type Report } from './report/report.ts'
import { Bench } from './run.ts'
import { scenarios } from './scenarios/index.ts'
import { hasRedis, workersFor } from './target.ts'

const usage = `Usage: npm run bench -- <scenario>[,<scenario>] [--chargers N] [--workers N] [--minutes M] [--rounds N] [--versions mixed] [--quick] [--out directory]
       npm run bench -- all [--quick]
       npm run bench -- compare before.json after.json

${Object.entries(scenarios)
  .map(([name, { about }]) => `  ${name.padEnd(11)} ${about}`)
  .join('\n')}

Writes <scenario>.json and <scenario>.html, a page that needs nothing else, into bench/results/local (or --out).`

/** `2.0.1` */
const protocolOf = (version: string): Protocol => {
  const protocol = `ocpp${version}`
  if (!isProtocol(protocol)) throw new Error(`--versions: there is no OCPP ${version}`)
  return protocol
}

const say = (text: string): void => console.log(process.stdout.isTTY ? `\u001B[K${text}` : text)

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      chargers: { type: 'string' },
      workers: { type: 'string' },
      minutes: { type: 'string' },
      rounds: { type: 'string' },
      versions: { type: 'string', default: '1.6' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      report: { type: 'string' },
    },
  })
  const [name = '', ...files] = positionals
  if (name === 'compare' && files.length === 2) {
    const [before = '', after = ''] = files
    for (const compared of compare(readReports(before), readReports(after))) say(line(compared))
    return 0
  }
  const names = name === 'all' ? Object.keys(scenarios).filter((one) => one !== 'smoke') : name.split(',')
  if (names.some((one) => scenarios[one] === undefined)) {
    console.error(usage)
    return 2
  }
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))
  const options = {
    chargers: number(values.chargers),
    workers: number(values.workers),
    minutes: number(values.minutes),
    rounds: number(values.rounds),
    protocols: values.versions === 'mixed' ? protocols : values.versions.split(',').map(protocolOf),
    isQuick: values.quick,
  }
  const out = values.out ?? join(import.meta.dirname, 'results/local')
  mkdirSync(out, { recursive: true })
  const reports: Report[] = []
  const failures: string[] = []
  for (const one of names) {
    const scenario = scenarios[one]
    if (scenario === undefined) continue
    const isCrowd = scenario.isCrowd === true && !options.isQuick && workersFor(options.chargers ?? 100_000) > 1
    if (!hasRedis() && (scenario.needsRedis === true || isCrowd)) {
      say(`\n== ${one}: left out, it needs a redis-server on the PATH`)
      if (names.length === 1) return 1
      continue
    }
    say(`\n== ${one}: ${scenario.about}`)
    const bench = new Bench(options, say)
    try {
      await scenario.run(bench)
    } catch (error) {
      bench.failures.push(`${one}: ${error instanceof Error ? error.message : String(error)}`)
    }
    const given = process.argv.slice(2).filter((arg) => arg !== name && arg !== '--out' && arg !== values.out)
    const report = bench.report(one, `npm run bench -- ${[one, ...given].join(' ')}`)
    reports.push(report)
    keep(out, report)
    failures.push(
      ...bench.failures,
      ...bench.figures.flatMap(({ target, phase, invalid }) =>
        invalid.map((why) => `${one}, ${target} ${phase}: ${why}`),
      ),
    )
    if (one === 'smoke') failures.push(...outOfBand(bench))
  }
  if (reports.length > 1) writeFileSync(join(out, 'all.html'), page(reports, []))
  const missed = reports.flatMap(({ ratios }) => ratios).filter((ratio) => isMet(ratio) === false)
  say(
    `\n${join(out, reports.length > 1 ? 'all.html' : `${name}.html`)}${missed.length > 0 ? `\nmissed: ${missed.map((ratio) => ratio.name).join('; ')}` : ''}`,
  )
  for (const failure of failures) console.error(`FAILED ${failure}`)
  if (values.report !== undefined) {
    mkdirSync(dirname(values.report), { recursive: true })
    // read by CI like a test report
    const counts = {
      numPassedTests: Math.max(0, bands.length - failures.length),
      numFailedTests: failures.length,
      success: failures.length === 0,
    }
    writeFileSync(
      values.report,
      JSON.stringify({
        ...counts,
        testResults: failures.map((message) => ({
          name: 'bench',
          status: 'failed',
          assertionResults: [{ status: 'failed', fullName: 'smoke', failureMessages: [message] }],
        })),
      }),
    )
  }
  return failures.length === 0 ? 0 : 1
}

/** A scenario's report and its page, held against the last one there; at once, so that a run that is cut off has left what it had. */
const keep = (out: string, report: Report): void => {
  const file = join(out, `${report.scenario}.json`)
  const compared = existsSync(file) ? compare(readReports(file), [report]) : []
  writeReports(file, [report])
  writeFileSync(join(out, `${report.scenario}.html`), page([report], compared))
  if (compared.length > 0) say(`  since the last run:\n${compared.map((one) => `  ${line(one)}`).join('\n')}`)
}

/** Every band must be there, and hold. */
const outOfBand = ({ ratios }: Bench): readonly string[] =>
  bands.flatMap((band) => {
    const { name, least, most, why } = band
    const found = ratios.find((ratio) => name.test(ratio.name))
    if (found === undefined) return [`no figure of ${name.source}`]
    return isOutside(found, band)
      ? [`${found.name}: ${found.value.toFixed(2)} is not within ${least} and ${most} (${why})`]
      : []
  })

process.exit(await main())
