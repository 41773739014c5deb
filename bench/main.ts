import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { type Ratios, spine } from './spine.ts'

const usage = `Usage: npm run bench -- <scenario> [--sockets 1000,10000] [--rounds 3] [--report file.json]

  spine   the whole path beside a raw echo and beside ocpp-rpc in strict mode, closed loop (a few minutes)
  smoke   the same, small and short: proves that everything still runs and nothing is lost`

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

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { sockets: { type: 'string' }, rounds: { type: 'string' }, report: { type: 'string' } },
  })
  const [scenario] = positionals
  if (scenario !== 'spine' && scenario !== 'smoke') {
    console.error(usage)
    return 2
  }
  const small = scenario === 'smoke'
  const counts = (values.sockets ?? (small ? '200' : '1000,10000')).split(',').map(Number)
  const rounds = Number(values.rounds ?? (small ? 1 : 3))
  const seconds = small ? { warmup: 0.5, measured: 1 } : { warmup: 10, measured: 5 }
  say(
    `bench ${scenario}: ${counts.join(' and ')} sockets, ${rounds} round${rounds > 1 ? 's' : ''}; mix 40 % Heartbeat, 50 % MeterValues of open sessions, 10 % StatusNotification`,
  )
  const all: Ratios[] = []
  for (const sockets of counts) all.push(await spine(sockets, rounds, seconds, say))
  table(all)
  const lost = all.flatMap((r) => r.runs).filter((run) => run.lost > 0 || !(run.perS > 0))
  if (values.report !== undefined) {
    mkdirSync(dirname(values.report), { recursive: true })
    // the counts of a smoke are read by CI like a test report: a run that lost a socket has failed
    const runs = all.flatMap((r) => r.runs)
    writeFileSync(
      values.report,
      JSON.stringify(
        {
          numPassedTests: runs.length - lost.length,
          numFailedTests: lost.length,
          success: lost.length === 0,
          ratios: all,
        },
        null,
        2,
      ),
    )
  }
  if (lost.length === 0) return 0
  console.error(`${lost.length} runs are invalid: ${lost.map((run) => run.target).join(', ')}`)
  return 1
}

process.exit(await main())
