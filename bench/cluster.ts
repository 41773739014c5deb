import { type ChildProcess, spawn } from 'node:child_process'
import { Agent, request } from 'node:http'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Redis } from 'ioredis'
import { median } from './cpu.ts'
import { type ClaimFigures, claims } from './micro/claims.ts'
import { freePorts } from './free-port.ts'
import { register } from './registered.ts'
import type { Window } from './returning.ts'

export interface ClusterFigures {
  readonly sockets: number
  /** ms, medians: an order to a station of another worker, of the same worker, and a bare round trip over Redis. */
  readonly across: number
  readonly within: number
  readonly bare: number
  /** ms until the stations of each killed worker were back: how many, half of them, 99 of 100, all. */
  readonly returns: readonly {
    readonly stations: number
    readonly half: number
    readonly p99: number
    readonly all: number
  }[]
  /** p99 of Heartbeats of stations that kept their socket, ms: of two quiet windows and of the one with the kill, by round. */
  readonly untouched: readonly { readonly quiet: readonly [number, number]; readonly killed: number }[]
  readonly claims: ClaimFigures
  /** Resident memory of both workers, KiB a socket: what they have with all sockets more than with none. */
  readonly kibPerSocket: number
  readonly lost: number
}

const root = join(import.meta.dirname, '..')
const key = 'sm_bench_0123456789abcdef0123456789abcdef'
/** Descriptors of one client process. */
const mostPerClient = 10_000
const sleep = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms))

/** Two workers behind one port, on a Redis of their own: what crossing from one to the other costs, and losing one. */
export const cluster = async (
  { sockets, rounds, windowS }: { readonly sockets: number; readonly rounds: number; readonly windowS: number },
  say: (line: string) => void,
): Promise<ClusterFigures> => {
  const undo: (() => unknown)[] = []
  try {
    // everyone, operations of the supervisor and of each worker, Redis
    const port = await freePorts(5)
    const [opsPort, redisPort] = [port + 1, port + 4]
    const redisUrl = await startRedis(redisPort, undo)
    const data = mkdtempSync(join(tmpdir(), 'sm-bench-'))
    chmodSync(data, 0o755)
    undo.push(() => rmSync(data, { recursive: true, force: true }))
    const server = spawn(process.execPath, ['adapters/main.ts', 'start'], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        SM_PORT: String(port),
        SM_OPS_PORT: String(opsPort),
        SM_DATA: data,
        SM_API_KEY: key,
        SM_DRAIN_S: '0',
        SM_WORKERS: '2',
        REDIS_URL: redisUrl,
        SM_LOG: 'error',
        SM_LOG_FORMAT: 'json',
      },
    })
    undo.push(() => ended(server))
    const api = `http://127.0.0.1:${port}/`
    await ready(`${api}readyz`)
    await register(api, key, sockets)
    const bare = await residentKib(opsPort)
    const fleet = await startFleet(`ws://127.0.0.1:${port}/ocpp`, sockets, undo)
    say(`  ${sockets} sockets on two workers: ${(await workersOf(opsPort)).map((w) => w.sockets).join(' and ')}`)
    const kibPerSocket = ((await residentKib(opsPort)) - bare) / sockets
    say(`  ${kibPerSocket.toFixed(1)} KiB of resident memory a socket, in the workers`)
    const orders = await roundTrips({ api, redisUrl, sockets }, say)
    const claimed = await claims(redisUrl, 5)
    say(
      `  ${Math.round(claimed.directory / 1_000)}k claims/s through the directory, ${Math.round(claimed.bare / 1_000)}k/s of the bare script in pipelines: ${claimed.share.toFixed(2)} of it`,
    )
    const untouched: ClusterFigures['untouched'][number][] = []
    const returns: ClusterFigures['returns'][number][] = []
    let away = 0
    for (let round = 1; round <= rounds; round++) {
      await fleet.window()
      const quiet: number[] = []
      for (let i = 0; i < 2; i++) {
        await sleep(windowS * 1_000)
        quiet.push(percentile((await fleet.window()).untouched, 0.99))
      }
      const [victim] = (await workersOf(opsPort)).toSorted((a, b) => b.sockets - a.sockets)
      process.kill(victim?.pid ?? 0, 'SIGKILL')
      await sleep(windowS * 1_000)
      let { untouched: during, back, away: still } = await fleet.window()
      const killed = percentile(during, 0.99)
      for (const end = performance.now() + 60_000; still > 0 && performance.now() < end;) {
        await sleep(500)
        const more = await fleet.window()
        back = [...back, ...more.back]
        still = more.away
      }
      away += still
      const figures = {
        stations: back.length,
        half: median(back),
        p99: percentile(back, 0.99),
        all: Math.max(0, ...back),
      }
      returns.push(figures)
      untouched.push({ quiet: [quiet[0] ?? 0, quiet[1] ?? 0], killed })
      say(
        `  round ${round}/${rounds}: ${figures.stations} stations lost their worker, half were back in ${(figures.half / 1000).toFixed(2)} s, all in ${(figures.all / 1000).toFixed(2)} s; p99 of the others ${quiet.map((q) => q.toFixed(2)).join(' and ')} ms before, ${killed.toFixed(2)} ms meanwhile`,
      )
      // the worker that was started anew takes part again in the next round
      await sleep(3_000)
      if (round < rounds) await fleet.spread()
    }
    return { sockets, ...orders, claims: claimed, kibPerSocket, returns, untouched, lost: away }
  } finally {
    for (const step of undo.toReversed()) await step()
  }
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((go) => void child.once('exit', () => go()))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await gone
  clearTimeout(late)
}

const ready = async (url: string): Promise<void> => {
  for (const end = performance.now() + 30_000; performance.now() < end; await sleep(50))
    if (
      await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return
  throw new Error(`${url} is not ready`)
}

const startRedis = async (port: number, undo: (() => unknown)[]): Promise<string> => {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', options, { stdio: 'ignore' })
  await new Promise<void>((go, fail) => {
    child.once('spawn', go)
    child.once('error', () => fail(new Error('this scenario needs a redis-server on the PATH')))
  })
  undo.push(() => ended(child))
  await sleep(500)
  return `redis://127.0.0.1:${port}`
}

interface Seen {
  readonly pid: number
  readonly sockets: number
}

const workersOf = async (opsPort: number): Promise<readonly Seen[]> => {
  const answer = await fetch(`http://127.0.0.1:${opsPort}/workers`)
  return ((await answer.json()) as { readonly workers: readonly Seen[] }).workers
}

const residentKib = async (opsPort: number): Promise<number> => {
  const pids = (await workersOf(opsPort)).map(({ pid }) => pid)
  const sizes = pids.map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0))
  return sizes.reduce((sum, size) => sum + size, 0)
}

interface Fleet {
  /** Over all workers again; resolves when all are back. */
  spread(): Promise<void>
  window(): Promise<Window>
}

const startFleet = async (url: string, sockets: number, undo: (() => unknown)[]): Promise<Fleet> => {
  const clients: { readonly child: ChildProcess; readonly line: () => Promise<string> }[] = []
  for (let from = 0; from < sockets; from += mostPerClient) {
    const count = Math.min(mostPerClient, sockets - from)
    const args = ['bench/returning.ts', '--url', url, '--from', String(from), '--count', String(count)]
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] })
    undo.push(() => ended(child))
    const lines: string[] = []
    let wake: () => void = () => {}
    createInterface({ input: child.stdout }).on('line', (line) => (lines.push(line), wake()))
    const line = async (): Promise<string> => {
      while (lines.length === 0) await new Promise<void>((go) => (wake = go))
      return lines.shift() ?? ''
    }
    clients.push({ child, line })
    await line()
  }
  const fleet: Fleet = {
    async spread() {
      for (const { child } of clients) child.stdin?.write('spread\n')
      for (const end = performance.now() + 60_000; performance.now() < end;) {
        await sleep(1_000)
        if ((await fleet.window()).away === 0) return
      }
    },
    async window() {
      for (const { child } of clients) child.stdin?.write('window\n')
      const all = await Promise.all(clients.map(async ({ line }) => JSON.parse(await line()) as Window))
      return {
        untouched: all.flatMap((w) => w.untouched),
        back: all.flatMap((w) => w.back),
        away: all.reduce((sum, w) => sum + w.away, 0),
        refused: all.reduce((sum, w) => sum + w.refused, 0),
      }
    },
  }
  return fleet
}

const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

const trips = 300

/**
 * One connection to the API is one worker's: orders to its own stations take less than orders to the other's, and what
 * those take more is the way there and back. Beside them, in turn, a message and its echo between two connections.
 */
const roundTrips = async (
  { api, redisUrl, sockets }: { readonly api: string; readonly redisUrl: string; readonly sockets: number },
  say: (line: string) => void,
): Promise<Pick<ClusterFigures, 'across' | 'within' | 'bare'>> => {
  const [asking, answering] = [new Redis(redisUrl), new Redis(redisUrl)]
  const [hearing, echo] = [asking.duplicate(), answering.duplicate()]
  const heard = new Map<string, () => void>()
  hearing.on('message', (_, text) => heard.get(text)?.())
  echo.on('message', (_, text) => void answering.publish('bench:back', text))
  await Promise.all([hearing.subscribe('bench:back'), echo.subscribe('bench:there')])
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const [first, second] = await byWorker(asking, Math.min(sockets, trips * 2))
  const times = { first: [] as number[], second: [] as number[], bare: [] as number[] }
  for (let i = 0; i < trips; i++) {
    times.bare.push(
      await took(
        () => new Promise<void>((go) => (heard.set(String(i), go), void asking.publish('bench:there', String(i)))),
      ),
    )
    for (const [name, stations] of [
      ['first', first],
      ['second', second],
    ] as const) {
      const identity = stations[i % stations.length]
      if (identity !== undefined) times[name].push(await took(() => order(api, agent, identity)))
    }
  }
  agent.destroy()
  for (const redis of [asking, answering, hearing, echo]) redis.disconnect()
  const [within = 0, across = 0] = [median(times.first), median(times.second)].toSorted((a, b) => a - b)
  const bare = median(times.bare)
  say(
    `  an order and its answer over the API: to a station of the other worker ${across.toFixed(2)} ms, of the same ${within.toFixed(2)} ms; a bare round trip over Redis ${bare.toFixed(2)} ms (medians of ${trips})`,
  )
  return { across, within, bare }
}

const took = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** The stations of each of the two workers, as Redis has them. */
const byWorker = async (redis: Redis, most: number): Promise<readonly [readonly string[], readonly string[]]> => {
  const stations = new Map<string, string[]>()
  for (let i = 0; i < most; i++) {
    const worker = await redis.hget(`sm:place:{default/BENCH-${i}}`, 'worker')
    if (worker !== null) stations.set(worker, [...(stations.get(worker) ?? []), `BENCH-${i}`])
  }
  const [first = [], second = []] = stations.values()
  return [first, second]
}

const order = (api: string, agent: Agent, identity: string): Promise<void> =>
  new Promise((go, fail) => {
    const path = `api/v1/charge-points/${identity}/ocpp/ClearCache`
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const asked = request(`${api}${path}`, { agent, method: 'POST', headers }, (answer) => {
      answer.resume()
      answer.once('end', () =>
        answer.statusCode === 200 ? go() : fail(new Error(`${identity}: ${answer.statusCode}`)),
      )
    })
    asked.once('error', fail)
    asked.end('{}')
  })
