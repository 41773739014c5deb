import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { cluster, type ClusterFigures } from './cluster.ts'
import { median } from './cpu.ts'
import { type Ratios, spine } from './spine.ts'

const usage = `Usage: npm run bench -- <scenario> [--sockets 1000,10000] [--rounds 3] [--report file.json]

  spine    the whole path beside a raw echo and beside ocpp-rpc in strict mode, closed loop (a few minutes)
  cluster  two workers and a Redis of its own: orders across workers, claims, and a worker that is killed, over and over
           (20,000 sockets, 5 rounds, about five minutes)
  smoke    both, small and short: proves that everything still runs and nothing is lost`

const say = (line: string): void => console.log(line)

const table = (all: readonly Ratios[]): void => {
  say('')
  say(
    '| sockets | in-memory journal: throughput ÷ raw echo | real journal: server CPU/msg ÷ raw echo | in-memory journal ÷ ocpp-rpc strict |',
  )
  say('|---|---|---|---|')
  for (const r of all)
    say(
      `| ${r.sockets} | ${r.memoryThroughput.toFixed(2)} | ${r.postgresCpu.toFixed(2)} | ${r.memoryAgainstRpc.toFixed(2)} |`,
    )
}

/** Whether the others felt it, against what two quiet windows differ by already. */
const verdict = (all: readonly ClusterFigures[]): void => {
  for (const { across, within, bare, untouched } of all) {
    const spread = median(untouched.map(({ quiet: [a, b] }) => Math.abs(a - b)))
    const felt = median(untouched.map(({ quiet: [a, b], killed }) => killed - (a + b) / 2))
    say('')
    say(`crossing to the other worker costs ${((across - within) / bare).toFixed(1)} bare round trips over Redis`)
    say(
      Math.abs(felt) < 3 * spread
        ? `p99 of the stations that were not touched: ${felt.toFixed(2)} ms more, not resolved (two quiet windows differ by ${spread.toFixed(2)} ms)`
        : `p99 of the stations that were not touched: ${felt.toFixed(2)} ms more (two quiet windows differ by ${spread.toFixed(2)} ms)`,
    )
  }
}

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { sockets: { type: 'string' }, rounds: { type: 'string' }, report: { type: 'string' } },
  })
  const [scenario = ''] = positionals
  if (!['spine', 'cluster', 'smoke'].includes(scenario)) {
    console.error(usage)
    return 2
  }
  const small = scenario === 'smoke'
  const given = values.sockets?.split(',').map(Number)
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  const ratios: Ratios[] = []
  const clusters: ClusterFigures[] = []
  if (scenario !== 'cluster') {
    const counts = given ?? (small ? [200] : [1_000, 10_000])
    say(
      `bench spine: ${counts.join(' and ')} sockets; mix 40 % Heartbeat, 50 % MeterValues of open sessions, 10 % StatusNotification`,
    )
    const seconds = small ? { warmup: 0.5, measured: 1 } : { warmup: 10, measured: 5 }
    for (const sockets of counts) ratios.push(await spine(sockets, rounds ?? (small ? 1 : 3), seconds, say))
    table(ratios)
  }
  if (scenario !== 'spine') {
    const [sockets] = given ?? [small ? 200 : 20_000]
    say('')
    say(`bench cluster: ${sockets} sockets on two workers, each a Heartbeat every 10 s`)
    const parts = { sockets: sockets ?? 0, rounds: rounds ?? (small ? 1 : 5), windowS: small ? 3 : 15 }
    clusters.push(await cluster(parts, say))
    verdict(clusters)
  }
  const runs = ratios.flatMap((r) => r.runs)
  const invalid = runs.filter((run) => run.lost > 0 || !(run.perS > 0))
  const astray = clusters.filter(({ lost }) => lost > 0)
  if (values.report !== undefined) {
    mkdirSync(dirname(values.report), { recursive: true })
    // the counts of a smoke are read by CI like a test report: a run that lost a socket has failed
    const failed = invalid.length + astray.length
    const counts = {
      numPassedTests: runs.length + clusters.length - failed,
      numFailedTests: failed,
      success: failed === 0,
    }
    writeFileSync(values.report, JSON.stringify({ ...counts, ratios, clusters }, null, 2))
  }
  if (invalid.length > 0)
    console.error(`${invalid.length} runs are invalid: ${invalid.map((run) => run.target).join(', ')}`)
  if (astray.length > 0) console.error(`${astray.map(({ lost }) => lost).join(', ')} stations never came back`)
  return invalid.length + astray.length === 0 ? 0 : 1
}

process.exit(await main())
