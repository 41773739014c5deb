import { type ChildProcess, spawn } from 'node:child_process'
import type { Log } from '../core/ports/log.ts'

interface SupervisorOptions {
  readonly workers: number
  /** The program and its arguments, and the environment of worker `index`. */
  readonly program: string
  readonly args: readonly string[]
  readonly environment: (index: number) => NodeJS.ProcessEnv
  readonly log: Log
}

export interface Supervisor {
  /** Process ids by worker number, 0 where one is being started again. */
  pids(): readonly number[]
  stop(graceMs: number): Promise<void>
}

/** Starts workers, starts them again with growing pauses when they die, and stops them all. */
export const supervise = ({ workers, program, args, environment, log }: SupervisorOptions): Supervisor => {
  const children: (ChildProcess | undefined)[] = []
  let stopping = false

  const begin = (index: number, deaths: number): void => {
    const child = spawn(program, [...args], { stdio: ['ignore', 'inherit', 'inherit'], env: environment(index) })
    children[index] = child
    const born = performance.now()
    child.on('exit', (code, signal) => {
      children[index] = undefined
      if (stopping) return
      const again = performance.now() - born > 60_000 ? 0 : deaths
      const pause = Math.min(10_000, 200 * 2 ** again)
      log.error('a worker died and is started again', { worker: index, code, signal, pauseMs: pause })
      setTimeout(() => !stopping && begin(index, again + 1), pause)
    })
  }
  for (let index = 0; index < workers; index++) begin(index, 0)

  return {
    pids: () => Array.from({ length: workers }, (_, index) => children[index]?.pid ?? 0),
    async stop(graceMs) {
      stopping = true
      const living = children.filter((child) => child !== undefined)
      const ended = living.map((child) => new Promise<void>((go) => void child.once('exit', () => go())))
      for (const child of living) child.kill('SIGTERM')
      const late = setTimeout(() => living.forEach((child) => child.kill('SIGKILL')), graceMs)
      await Promise.all(ended)
      clearTimeout(late)
    },
  }
}

/** The metrics of several workers as one text: each series gets the number of its worker. */
export const mergedMetrics = (texts: readonly string[]): string => {
  const heads = new Set<string>()
  const lines = texts.flatMap((text, worker) =>
    text.split('\n').flatMap((line) => {
      if (line === '') return []
      if (line.startsWith('#')) {
        if (heads.has(line)) return []
        heads.add(line)
        return [line]
      }
      const [, name = '', labels = '', rest = ''] = /^([^{\s]+)(?:\{(.*)\})?\s(.*)$/.exec(line) ?? []
      return [`${name}{worker="${worker}"${labels === '' ? '' : `,${labels}`}} ${rest}`]
    }),
  )
  // one block a metric, as the text format wants it
  const blocks = new Map<string, string[]>()
  let current = ''
  for (const line of lines) {
    const name = line.startsWith('#')
      ? (line.split(' ')[2] ?? '')
      : (line.split('{')[0] ?? '').replace(/_(bucket|sum|count)$/, '')
    current = line.startsWith('#') ? name : [...blocks.keys()].includes(name) ? name : current
    blocks.set(current, [...(blocks.get(current) ?? []), line])
  }
  return `${[...blocks.values()].flatMap((block) => [...block.filter((l) => l.startsWith('#')), ...block.filter((l) => !l.startsWith('#'))]).join('\n')}\n`
}
