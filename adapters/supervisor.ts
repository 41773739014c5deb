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
  /** Starts every worker anew, one after another, each when the one before is ready: the others hold the port meanwhile. */
  roll(isReady: (index: number) => Promise<boolean>, graceMs: number): Promise<void>
  stop(graceMs: number): Promise<void>
}

const readyWithinMs = 60_000
const sleep = (ms: number): Promise<void> => new Promise((go) => void setTimeout(go, ms))

/** Starts workers, starts them again with growing pauses when they die, and stops them all. */
export const supervise = ({ workers, program, args, environment, log }: SupervisorOptions): Supervisor => {
  const children: (ChildProcess | undefined)[] = []
  /** Those that were told to go: their end is no death. */
  const leaving = new Set<ChildProcess>()
  let stopping = false

  const begin = (index: number, deaths: number): void => {
    const child = spawn(program, [...args], { stdio: ['ignore', 'inherit', 'inherit'], env: environment(index) })
    children[index] = child
    const born = performance.now()
    child.on('exit', (code, signal) => {
      if (children[index] === child) children[index] = undefined
      if (leaving.delete(child) || stopping) return
      const again = performance.now() - born > 60_000 ? 0 : deaths
      const pause = Math.min(10_000, 200 * 2 ** again)
      log.error('a worker died and is started again', { worker: index, code, signal, pauseMs: pause })
      setTimeout(() => !stopping && begin(index, again + 1), pause)
    })
  }
  for (let index = 0; index < workers; index++) begin(index, 0)

  const dismiss = async (these: readonly (ChildProcess | undefined)[], graceMs: number): Promise<void> => {
    const living = these.filter((child) => child !== undefined)
    const ended = living.map((child) => new Promise<void>((go) => void child.once('exit', () => go())))
    for (const child of living) {
      // a second SIGTERM would cut short what one has begun
      if (!leaving.has(child)) child.kill('SIGTERM')
      leaving.add(child)
    }
    const late = setTimeout(() => living.forEach((child) => child.kill('SIGKILL')), graceMs)
    await Promise.all(ended)
    clearTimeout(late)
  }

  /** False where the new one does not become ready. */
  const renew = async (
    index: number,
    isReady: (index: number) => Promise<boolean>,
    graceMs: number,
  ): Promise<boolean> => {
    // one that has just died is on its way back already
    if (children[index] !== undefined) {
      await dismiss([children[index]], graceMs)
      if (!stopping) begin(index, 0)
    }
    for (const end = performance.now() + readyWithinMs; performance.now() < end && !stopping; await sleep(100))
      if (await isReady(index)) return true
    return false
  }

  let rolling: Promise<void> | undefined
  return {
    pids: () => Array.from({ length: workers }, (_, index) => children[index]?.pid ?? 0),
    roll(isReady, graceMs) {
      const all = async (): Promise<void> => {
        log.info('workers are started anew, one after another', { workers })
        for (let index = 0; index < workers; index++) {
          const isBack = await renew(index, isReady, graceMs)
          if (stopping) return
          if (!isBack) return log.error('a worker did not become ready: the others stay as they are', { worker: index })
        }
        log.info('all workers have been started anew', { workers })
      }
      rolling ??= all().finally(() => (rolling = undefined))
      return rolling
    },
    stop(graceMs) {
      stopping = true
      return dismiss(children, graceMs)
    },
  }
}
