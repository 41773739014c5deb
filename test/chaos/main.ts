import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { hostsUnavailable } from '../support/hosts.ts'
import { record } from '../reliability/ledger.ts'
import { chaos } from './run.ts'

const usage = `Usage: npm run chaos -- [--kills 50] [--stations 200] [--seed 1] [--redis] [--nodes 3] [--minutes 10]

  The real server on a real PostgreSQL (and Redis), with stations charging over a line that breaks: processes are killed
  and frozen, sockets reset and left half open. Then everything is left to recover, and each station's own log is held
  against sessions and CDRs. With --nodes it is a cluster on Redis, each server on a host of its own (a network
  namespace), which is also cut off from the others, and restarted in turn every 30 s. Each run adds a line to test/reliability/ledger.jsonl, which the README shows.`

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    stations: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    redis: { type: 'boolean', default: false },
    nodes: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '0' },
    report: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const main = async (): Promise<number> => {
  if (values.help) return (say(usage), 0)
  const [kills, stations, seed] = [Number(values.kills), Number(values.stations), Number(values.seed)]
  const [nodes, minutes] = [Number(values.nodes), Number(values.minutes)]
  const unavailable = nodes > 1 ? hostsUnavailable() : undefined
  if (unavailable !== undefined) return (say(`no cluster can be made here: ${unavailable}`), 2)
  const outcome = await chaos({ seed, stations, kills, redis: values.redis, nodes, minutes, say })
  const { lost, doubled, complaints, uncaught, difference } = outcome
  const wrong = [...lost, ...doubled, ...complaints, ...(uncaught ? ['an exception was not caught'] : [])]
  for (const line of wrong.slice(0, 20)) say(`  ${line}`)
  say('')
  say(
    `seed ${seed}: ${outcome.kills} kills and ${[...outcome.faults.values()].reduce((a, b) => a + b, 0)} faults in all, ${outcome.charges} charges, ${outcome.frames} frames, ${outcome.acknowledged} acknowledged, in ${outcome.seconds.toFixed(0)} s`,
  )
  say(
    `lost ${lost.length}, doubled ${doubled.length}, CDRs ${outcome.cdrs} for ${outcome.sessions} sessions (credited ${outcome.credited}), frames unaccounted for ${difference}`,
  )
  // a few kills are a smoke test
  if (kills >= 10)
    record({
      command: `npm run chaos -- --kills ${kills}${values.redis ? ' --redis' : ''}${nodes > 1 ? ` --nodes ${nodes}` : ''}${minutes > 0 ? ` --minutes ${minutes}` : ''}`,
      seeds: String(seed),
      sockets: stations,
      transactions: outcome.charges,
      frames: outcome.frames,
      faults: Object.fromEntries(outcome.faults),
      acknowledged: outcome.acknowledged,
      lost: lost.length,
      doubled: doubled.length,
      cdrs: { expected: outcome.charges, got: outcome.cdrs, credited: outcome.credited },
      difference,
      seconds: outcome.seconds,
      simulatedH: null,
    })
  const isRight = wrong.length === 0 && difference === 0
  if (values.report !== undefined)
    writeFileSync(
      values.report,
      JSON.stringify({ numPassedTests: isRight ? 1 : 0, numFailedTests: isRight ? 0 : 1, success: isRight }),
    )
  return isRight ? 0 : 1
}

process.exitCode = await main()
