import { parseArgs } from 'node:util'
import { faultKinds } from './faults.ts'
import { record } from '../reliability/ledger.ts'
import { runAll } from './hands.ts'
import type { Outcome, RunOptions } from './run.ts'
import { replayOf, shrink } from './shrink.ts'

const usage = `Usage: npm run simulate -- [--seeds 1..1000] [--without crashes,drops] [--stations 2] [--minutes 45] [--trace] [--first]

  Each seed is one run of the real core and actors on a virtual clock: stations charge while everything goes wrong, then
  everything works, and what stations know is held against sessions and CDRs. The same seed is the same run.
  Faults: ${faultKinds.join(', ')}`

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..1000' },
    without: { type: 'string' },
    stations: { type: 'string' },
    minutes: { type: 'string' },
    trace: { type: 'boolean', default: false },
    first: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const range = (text: string): readonly [number, number] => {
  const [from, to] = text.split('..').map(Number)
  if (!Number.isInteger(from) || !Number.isInteger(to ?? from)) throw new Error(`--seeds: ${text} is not like 1..1000`)
  return [from ?? 1, to ?? from ?? 1]
}

const tell = async (options: RunOptions, outcome: Outcome): Promise<void> => {
  say('')
  say(`seed ${options.seed} broke: ${outcome.violations[0]}`)
  if (values.first) return
  const smaller = await shrink(options)
  say(`shortest run found, the last of its ${smaller.outcome.trace.length} lines:`)
  for (const line of smaller.outcome.trace.slice(-25)) say(`  ${line}`)
  say(`again: ${replayOf(smaller.options)}`)
}

const main = async (): Promise<number> => {
  if (values.help) return (say(usage), 0)
  const [from, to] = range(values.seeds)
  const faults = new Map<string, number>()
  const total = {
    charges: 0,
    sessions: 0,
    billable: 0,
    cdrs: 0,
    credited: 0,
    held: 0,
    incomplete: 0,
    stations: 0,
    acknowledged: 0,
    faults: 0,
    simulatedH: 0,
    broken: 0,
  }
  const began = performance.now()
  const all = function* (): Generator<RunOptions> {
    for (let seed = from; seed <= to; seed++)
      yield {
        seed,
        traced: values.trace,
        ...(values.without !== undefined && { without: new Set(values.without.split(',')) }),
        ...(values.stations !== undefined && { stations: Number(values.stations) }),
        ...(values.minutes !== undefined && { minutes: Number(values.minutes) }),
      }
  }
  let done = 0
  await runAll(all(), async (options, outcome) => {
    if (values.trace) for (const line of outcome.trace) say(line)
    total.charges += outcome.charges
    total.stations += outcome.stations
    total.sessions += outcome.sessions
    total.billable += outcome.billable
    total.cdrs += outcome.cdrs
    total.credited += outcome.credited
    total.held += outcome.held
    total.incomplete += outcome.incomplete
    total.acknowledged += outcome.acknowledged
    total.simulatedH += outcome.simulatedH
    for (const [kind, times] of outcome.faults) {
      total.faults += times
      faults.set(kind, (faults.get(kind) ?? 0) + times)
    }
    if (outcome.violations.length > 0) {
      total.broken++
      await tell(options, outcome)
    }
    done++
    if (process.stdout.isTTY || done % 500 === 0)
      process.stdout.write(
        `${process.stdout.isTTY ? '\r' : ''}${done} of ${to - from + 1} seeds, ${total.broken} broken${process.stdout.isTTY ? '' : '\n'}`,
      )
    return total.broken >= (values.first ? 1 : 5) ? 'enough' : undefined
  })
  const seconds = (performance.now() - began) / 1_000
  say('')
  say(
    `seeds ${from}..${to}: ${total.charges} charges, ${total.sessions} sessions, ${total.acknowledged} acknowledgements checked, ${total.faults} faults, ${Math.round(total.simulatedH)} hours in ${seconds.toFixed(1)} s`,
  )
  say(
    `CDRs ${total.cdrs}, of them credited ${total.credited}, held for their station's clock ${total.held}; sessions with events missing for ever ${total.incomplete}; broken seeds ${total.broken}`,
  )
  // a look at some seeds, or with some faults only, is no proof of anything
  const isWhole = to - from >= 999 && [values.without, values.stations, values.minutes].every((v) => v === undefined)
  if (isWhole)
    record({
      command: `npm run simulate -- --seeds ${from}..${to}`,
      seeds: `${from}..${to}`,
      sockets: total.stations,
      transactions: total.charges,
      frames: null,
      faults: Object.fromEntries(faults),
      acknowledged: total.acknowledged,
      // which of the two it was, its seed tells: here a broken run counts as both
      lost: total.broken,
      doubled: total.broken,
      cdrs: { expected: total.billable, got: total.cdrs - total.credited, credited: total.credited },
      difference: null,
      seconds,
      simulatedH: total.simulatedH,
    })
  return total.broken === 0 ? 0 : 1
}

process.exitCode = await main()
