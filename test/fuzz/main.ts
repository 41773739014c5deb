import { parseArgs } from 'node:util'
import { fuzz, partOf } from './run.ts'

const usage = `Usage: npm run fuzz -- [--frames 100000] [--seed 1] [--part n]

  Spoilt frames to a whole worker: bytes flipped, cut and doubled; words of other types, deep, huge and hostile; elements
  too many and too few; ids used twice; answers to nothing. Nothing may be thrown, every CALL gets exactly one answer,
  nothing else gets any, and a normal session goes on as ever. The same seed is the same run; a failure names its part of
  ${partOf} frames, which --part says again. Times are told and judge nothing: machines differ.`

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    part: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const sorted = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, n]) => `${n} ${name}`)
    .join(', ')

const main = async (): Promise<number> => {
  if (values.help) return (say(usage), 0)
  const seed = Number(values.seed)
  const part = values.part === undefined ? undefined : Number(values.part)
  const frames = part === undefined ? Number(values.frames) : partOf
  if (![seed, frames, part ?? 0].every((n) => Number.isSafeInteger(n) && n >= 0))
    return (say('--frames, --seed and --part are whole numbers'), 2)
  const uncaught: string[] = []
  process.on('uncaughtException', (error) => uncaught.push(`not caught: ${String(error)}`))
  process.on('unhandledRejection', (error) => uncaught.push(`not caught: ${String(error)}`))
  const began = performance.now()
  const progress = (done: number, failures: number): void => {
    if (process.stdout.isTTY) process.stdout.write(`\r${done} of ${frames} frames, ${failures} failures`)
    else if (done % (partOf * 10) === 0) say(`${done} of ${frames} frames, ${failures} failures`)
  }
  const outcome = await fuzz({ frames, seed, part, progress })
  const failures = [...outcome.failures, ...uncaught]
  say('')
  for (const line of failures.slice(0, 20)) say(`  ${line}`)
  say(
    `seed ${seed}: ${outcome.frames} frames in ${((performance.now() - began) / 1_000).toFixed(1)} s, of them ${outcome.calls} CALLs; the worker hung up ${outcome.reconnects} times`,
  )
  say(`answered: ${sorted(outcome.answers)}`)
  say(`CALLs of ours: ${sorted(outcome.ours)}`)
  const { slowest, medianUs, p999Us } = outcome
  const times = (us: number): string => `${(us / medianUs).toFixed(0)} times that`
  say(`a frame took ${medianUs.toFixed(0)} µs, one in a thousand ${times(p999Us)}, the slowest ${times(slowest.us)}:`)
  say(`  ${slowest.text.length} characters, ${slowest.text.slice(0, 80)}`)
  say(`${failures.length} failures`)
  return failures.length === 0 ? 0 : 1
}

process.exitCode = await main()
