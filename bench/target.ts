import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  cpuSeconds,
  cpuSecondsWithEnded,
  descendantsOf,
  descriptors,
  isProgram,
  memoryBytes,
  pin,
  residentBytes,
} from './cpu.ts'
import { freePorts } from './free-port.ts'
import { register } from './registered.ts'
import { sleep } from './sleep.ts'

/**
 * What is measured, and its controls: `memory` and `postgres` are the whole path, by where its journal is; `echo` is Bun
 * and nothing else, `kernel` an epoll loop in C, `rpc` is ocpp-rpc in strict mode without any state; `sockets` is our
 * part of the path that knows WebSockets only, on Bun or on the Node that SM_NODE24 names.
 */
export type TargetName = 'memory' | 'postgres' | 'echo' | 'kernel' | 'rpc' | 'sockets' | 'sockets-on-node'

export const isOurs = (name: TargetName): boolean => name === 'memory' || name === 'postgres'

export const serverCore = 0
export const clientCore = 1
export const apiKey = 'sm_bench_0123456789abcdef0123456789abcdef'

const root = join(import.meta.dirname, '..')

/** So many charge points need so many workers, by the descriptors that one process may have. */
export const workersFor = (chargers: number): number => {
  const room = descriptors() - 1_500
  return chargers <= room ? 1 : Math.ceil(chargers / room) + 1
}

export interface TargetOptions {
  readonly name: TargetName
  readonly chargers: number
  readonly workers?: number
  readonly settings?: Readonly<Record<string, string>>
}

/** CPU seconds so far. */
export interface Cpu {
  readonly server: number
  readonly database: number
  readonly redis: number
}

export interface Target {
  readonly name: TargetName
  readonly workers: number
  /** Where charge points connect. */
  readonly urls: readonly string[]
  /** `http://…/` of our own. */
  readonly api: string
  readonly opsPort: number
  readonly redisUrl: string | undefined
  /** SM_DATA of our own. */
  readonly data: string
  readonly pid: number
  cpu(): Cpu
  /** Bytes of the server's processes, the database's not counted. */
  memory(): number
  /** The same roughly and at no cost to them: what they share is counted in each. */
  resident(): number
  stop(): Promise<void>
}

export const startTarget = async (options: TargetOptions): Promise<Target> => {
  const undo: (() => unknown)[] = []
  live.add(undo)
  try {
    return await (isOurs(options.name) ? startOurs(options, undo) : startControl(options, undo))
  } catch (error) {
    await undone(undo)
    throw error
  }
}

/** What is up just now: an interrupted bench leaves neither processes nor directories. */
const live = new Set<(() => unknown)[]>()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void Promise.allSettled([...live].map(undone)).then(() => process.exit(130)))

const undone = async (undo: (() => unknown)[]): Promise<void> => {
  for (const step of undo.splice(0).toReversed()) await step()
  live.delete(undo)
}

const startOurs = async (
  { name, chargers, workers = workersFor(chargers), settings = {} }: TargetOptions,
  undo: (() => unknown)[],
): Promise<Target> => {
  // everyone, operations of the supervisor and of each worker, Redis
  const port = await freePorts(workers + 3)
  const redis = workers > 1 ? await startRedis(port + workers + 2, undo) : undefined
  const data = temporary(undo)
  await restore(chargers, data)
  const server = serve(port, data, {
    SM_FRAMES_PER_S: '0',
    SM_JOURNAL: name === 'memory' ? 'memory' : 'postgres',
    SM_DRAIN_S: '0',
    SM_WORKERS: String(workers),
    ...(redis !== undefined && { REDIS_URL: redis.url }),
    ...settings,
  })
  undo.push(() => ended(server))
  const pid = server.pid ?? 0
  const api = `http://127.0.0.1:${port}/`
  await answering(`http://127.0.0.1:${port + 1}/readyz`, server)
  const programs = (): { readonly server: readonly number[]; readonly database: readonly number[] } => {
    const all = [pid, ...descendantsOf(pid)]
    const database = all.filter((one) => isProgram(one, /postgres/))
    return { server: all.filter((one) => !database.includes(one)), database }
  }
  const { server: ours, database } = programs()
  for (const one of ours) pin(one, serverCore)
  // the database works on the client's core, so that the server's core is the server's
  for (const one of database) pin(one, clientCore)
  return {
    name,
    workers,
    urls: [`ws://127.0.0.1:${port}/ocpp`],
    api,
    opsPort: port + 1,
    redisUrl: redis?.url,
    data,
    pid,
    cpu() {
      const now = programs()
      return {
        server: sum(now.server.map(cpuSeconds)),
        database: sum(now.database.map(cpuSecondsWithEnded)),
        redis: redis === undefined ? 0 : cpuSeconds(redis.pid),
      }
    },
    memory: () => sum(programs().server.map(memoryBytes)),
    resident: () => sum(programs().server.map(residentBytes)),
    stop: () => undone(undo),
  }
}

/** Stationmaster itself, operations at the next port. */
const serve = (port: number, data: string, settings: Readonly<Record<string, string>>): ChildProcess =>
  spawn(process.execPath, ['adapters/main.ts', 'start'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      SM_PORT: String(port),
      SM_OPS_PORT: String(port + 1),
      SM_DATA: data,
      SM_API_KEY: apiKey,
      SM_LOG: 'error',
      SM_LOG_FORMAT: 'json',
      ...settings,
    },
  })

/** The workers of a group, as its supervisor tells: pid 0 is one that is being started again. */
export const workersOf = async (
  opsPort: number,
): Promise<readonly { readonly pid: number; readonly sockets: number }[]> => {
  const answer = await fetch(`http://127.0.0.1:${opsPort}/workers`)
  const { workers } = (await answer.json()) as {
    readonly workers: readonly { readonly pid: number; readonly sockets: number }[]
  }
  return workers
}

const startControl = async (
  { name, chargers, workers = workersFor(chargers) }: TargetOptions,
  undo: (() => unknown)[],
): Promise<Target> => {
  const port = await freePorts(workers)
  // ocpp-rpc has no way to share a port
  const ports = Array.from({ length: workers }, (_, i) => (name === 'rpc' ? port + i : port))
  const data = temporary(undo)
  const [program, args] = commandOf(name, data)
  const children = ports.map((each) => {
    const env = { ...process.env, SM_PORT: String(each) }
    const child = spawn(program, name === 'kernel' ? [...args, String(each)] : args, {
      cwd: root,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    undo.push(() => ended(child))
    return child
  })
  for (const [i, child] of children.entries()) await answering(`http://127.0.0.1:${ports[i]}/`, child)
  const pids = children.map((child) => child.pid ?? 0)
  for (const pid of pids) pin(pid, serverCore)
  return {
    name,
    workers,
    urls: [...new Set(ports)].map((each) => `ws://127.0.0.1:${each}/ocpp`),
    api: '',
    opsPort: 0,
    redisUrl: undefined,
    data,
    pid: pids[0] ?? 0,
    cpu: () => ({ server: sum(pids.map(cpuSeconds)), database: 0, redis: 0 }),
    memory: () => sum(pids.map(memoryBytes)),
    resident: () => sum(pids.map(residentBytes)),
    stop: () => undone(undo),
  }
}

const commandOf = (name: TargetName, data: string): readonly [string, string[]] => {
  if (name === 'kernel') return [kernelEcho() ?? '', []]
  if (name === 'echo') return [process.execPath, ['bench/targets/echo.ts']]
  if (name === 'sockets') return [process.execPath, ['bench/targets/sockets.ts']]
  if (name === 'sockets-on-node') return [process.env['SM_NODE24'] ?? 'node', ['bench/targets/sockets.ts']]
  const script = join(data, 'rpc.mjs')
  const source = new Bun.Transpiler({ loader: 'ts' })
    .transformSync(Buffer.from(Bun.mmap(join(root, 'bench/targets/rpc.ts'))).toString())
    .replace('"ocpp-rpc"', JSON.stringify(join(root, 'node_modules/ocpp-rpc/index.js')))
  writeFileSync(script, source)
  return ['node', [script]]
}

let compiled: string | undefined

/** The echo in C, compiled; undefined where there is no C compiler. */
export const kernelEcho = (): string | undefined => {
  if (compiled !== undefined) return compiled
  const program = join(mkdtempSync(join(tmpdir(), 'sm-bench-c-')), 'echo')
  process.once('exit', () => rmSync(join(program, '..'), { recursive: true, force: true }))
  const { status } = spawnSync('cc', ['-O2', '-o', program, join(root, 'bench/targets/echo.c')], { stdio: 'ignore' })
  return status === 0 ? (compiled = program) : undefined
}

const templates = new Map<number, string>()

/** Registering a hundred thousand charge points takes a while: once is enough, later starts get a copy of the data. */
const restore = async (chargers: number, data: string): Promise<void> => {
  let template = templates.get(chargers)
  if (template === undefined) {
    template = temporary([])
    const remove = template
    process.once('exit', () => rmSync(remove, { recursive: true, force: true }))
    const port = await freePorts(2)
    const server = serve(port, template, {})
    try {
      await answering(`http://127.0.0.1:${port + 1}/readyz`, server)
      await register(`http://127.0.0.1:${port}/`, apiKey, chargers)
    } finally {
      await ended(server)
    }
    templates.set(chargers, template)
  }
  const copy = spawnSync('cp', ['-a', `${template}/.`, data], { encoding: 'utf8' })
  if (copy.status !== 0) cpSync(template, data, { recursive: true })
}

const temporary = (undo: (() => unknown)[]): string => {
  const directory = mkdtempSync(join(tmpdir(), 'sm-bench-'))
  chmodSync(directory, 0o755)
  undo.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((go) => void child.once('exit', () => go()))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await gone
  clearTimeout(late)
}

/** Any answer will do: a control may have nothing to say to a browser. Of our own, /readyz says when. */
const answering = async (url: string, child: ChildProcess): Promise<void> => {
  for (const end = performance.now() + 60_000; performance.now() < end && child.exitCode === null; await sleep(50))
    if (
      await fetch(url).then(
        (answer) => answer.ok || !url.endsWith('/readyz'),
        () => false,
      )
    )
      return
  throw new Error(`${url} is not ready`)
}

const startRedis = async (
  port: number,
  undo: (() => unknown)[],
): Promise<{ readonly url: string; readonly pid: number }> => {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', options, { stdio: 'ignore' })
  await new Promise<void>((go, fail) => {
    child.once('spawn', go)
    child.once('error', () => fail(new Error('more than one worker needs a redis-server on the PATH')))
  })
  undo.push(() => ended(child))
  pin(child.pid ?? 0, clientCore)
  await sleep(300)
  return { url: `redis://127.0.0.1:${port}`, pid: child.pid ?? 0 }
}

export const hasRedis = (): boolean =>
  (process.env['PATH'] ?? '').split(':').some((directory) => existsSync(join(directory, 'redis-server')))

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
