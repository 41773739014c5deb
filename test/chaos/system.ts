import { rmSync } from 'node:fs'
import { Redis } from 'ioredis'
import { descendantsOf } from '../../bench/cpu.ts'
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts'
import { freePorts, postmasterOf, type ServerProcess, signal, startProcess } from '../support/process.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { freshData, until } from '../support/server.ts'

/** The real thing, in pieces that can be killed: server, PostgreSQL, Redis, and the line to the stations. */
export class System {
  readonly proxy: ChaosProxy
  readonly #data: string
  readonly #port: number
  #server: ServerProcess
  #redis: TestRedis | undefined

  private constructor(parts: {
    proxy: ChaosProxy
    data: string
    port: number
    server: ServerProcess
    redis: TestRedis | undefined
  }) {
    this.proxy = parts.proxy
    this.#data = parts.data
    this.#port = parts.port
    this.#server = parts.server
    this.#redis = parts.redis
  }

  static async start(withRedis: boolean, luck: () => number): Promise<System> {
    const data = freshData()
    // server, operations, Redis
    const port = await freePorts(3)
    const redis = withRedis ? await startRedis(port + 2) : undefined
    const server = await serve(data, port, redis)
    const proxy = await startChaosProxy(port, luck)
    return new System({ proxy, data, port, server, redis })
  }

  get server(): ServerProcess {
    return this.#server
  }

  get hasRedis(): boolean {
    return this.#redis !== undefined
  }

  async killServer(): Promise<void> {
    await this.#server.kill('SIGKILL')
    this.#server = await serve(this.#data, this.#port, this.#redis)
  }

  /** Its owner starts it again. */
  async killPostgres(): Promise<void> {
    await until('PostgreSQL to run, so that it can be killed', async () => signal(postmasterOf(this.#data), 'SIGKILL'))
  }

  async killRedis(awayMs: number): Promise<void> {
    await this.#redis?.stop()
    await sleep(awayMs)
    this.#redis = await startRedis(this.#port + 2)
  }

  async killEverything(awayMs: number): Promise<void> {
    const postmaster = postmasterOf(this.#data)
    const died = this.#server.kill('SIGKILL')
    signal(postmaster, 'SIGKILL')
    await Promise.all([died, this.#redis?.stop()])
    await sleep(awayMs)
    if (this.#redis !== undefined) this.#redis = await startRedis(this.#port + 2)
    this.#server = await serve(this.#data, this.#port, this.#redis)
  }

  async flushRedis(): Promise<void> {
    if (this.#redis === undefined) return
    const redis = new Redis(this.#redis.url)
    await redis.flushall().finally(() => redis.disconnect())
  }

  /** Stops it as a long pause would, and lets it go on. */
  async pause(what: 'server' | 'PostgreSQL' | 'Redis', ms: number): Promise<void> {
    const pids = this.#processesOf(what)
    for (const pid of pids) signal(pid, 'SIGSTOP')
    await sleep(ms)
    for (const pid of pids) signal(pid, 'SIGCONT')
  }

  /** The counters of the process that runs now. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(`http://127.0.0.1:${this.#port + 1}/metrics`)).text()
    const sums = new Map<string, number>()
    for (const [, name = '', labels = '', value] of text.matchAll(/^(\w+)(\{[^}]*\})? ([\d.e+]+)/gm)) {
      const label = /label="([^"]*)"/.exec(labels)?.[1]
      for (const key of label === undefined ? [name] : [name, `${name} ${label}`])
        sums.set(key, (sums.get(key) ?? 0) + Number(value))
    }
    return sums
  }

  async stop(): Promise<void> {
    await this.proxy.stop()
    await this.#server.kill('SIGTERM')
    await this.#redis?.stop()
    rmSync(this.#data, { recursive: true, force: true })
  }

  #processesOf(what: 'server' | 'PostgreSQL' | 'Redis'): readonly number[] {
    if (what === 'server') return [this.#server.child.pid ?? 0]
    if (what === 'Redis') return this.#redis === undefined ? [] : [this.#redis.pid]
    const postmaster = postmasterOf(this.#data)
    return postmaster === undefined ? [] : [postmaster, ...descendantsOf(postmaster)]
  }
}

const sleep = (ms: number): Promise<void> => new Promise((go) => void setTimeout(go, ms))

const serve = (data: string, port: number, redis: TestRedis | undefined): Promise<ServerProcess> =>
  startProcess({
    data,
    port,
    env: {
      SM_OPS_PORT: String(port + 1),
      SM_LOG: 'error',
      SM_PING_S: '5',
      ...(redis !== undefined && { REDIS_URL: redis.url }),
    },
  })
