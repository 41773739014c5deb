import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePorts } from '../../bench/free-port.ts'
import { descendantsOf } from '../../bench/cpu.ts'
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts'
import { type Host, type Hosts, startHosts } from '../support/hosts.ts'
import { type OwnerProcess, startOwner } from '../support/owner.ts'
import { postmasterOf, type ServerProcess, signal } from '../support/process.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { preparedData } from '../support/data-directory.ts'
import { until } from '../support/server.ts'
import { Node } from './node.ts'

export interface SystemOptions {
  readonly redis: boolean
  /** More than one: a cluster, each server on a host of its own, with the database on another. */
  readonly nodes: number
  readonly luck: () => number
}

interface Parts {
  readonly proxy: ChaosProxy
  readonly data: string
  readonly nodes: readonly Node[]
  readonly redisPort: number
  readonly redis: TestRedis | undefined
  readonly owner?: OwnerProcess
  readonly hosts?: Hosts
  readonly line?: ChaosProxy
}

const sleep = (ms: number): Promise<void> => new Promise((go) => void setTimeout(go, ms))

/** The real thing, in pieces that can be killed: servers, PostgreSQL, Redis, and the lines between them. */
export class System {
  readonly proxy: ChaosProxy
  readonly nodes: readonly Node[]
  /** What a node said that should have gone down in good order. */
  readonly complaints: string[] = []
  readonly #parts: Parts
  #redis: TestRedis | undefined

  private constructor(parts: Parts) {
    this.proxy = parts.proxy
    this.nodes = parts.nodes
    this.#parts = parts
    this.#redis = parts.redis
  }

  static start(options: SystemOptions): Promise<System> {
    return options.nodes > 1 ? System.#cluster(options) : System.#alone(options)
  }

  /** One server with its own PostgreSQL. */
  static async #alone({ redis: withRedis, luck }: SystemOptions): Promise<System> {
    const data = await preparedData()
    // server, operations, Redis
    const port = await freePorts(3)
    const redis = withRedis ? await startRedis(port + 2) : undefined
    const env = { ...common(port), ...(redis !== undefined && { REDIS_URL: redis.url }) }
    const node = new Node({ data, port, env: () => env })
    await node.start()
    const proxy = await startChaosProxy(port, luck)
    return new System({ proxy, data, nodes: [node], redisPort: port + 2, redis })
  }

  /** Several servers on hosts of their own; PostgreSQL and Redis are on the machine that joins them. */
  static async #cluster({ nodes: count, luck }: SystemOptions): Promise<System> {
    const data = await preparedData()
    const port = await freePorts(3)
    const hosts = startHosts(count)
    const owner = await startOwner(data)
    const redis = await startRedis(port + 2, hosts.gateway)
    // PostgreSQL listens on its Unix socket only; this line makes a network of it
    const line = await startChaosProxy(`${owner.message.host}/.s.PGSQL.5432`, luck, hosts.gateway)
    const password = readFileSync(join(data, 'admin-password'), 'utf8').trim()
    const env = {
      ...common(port),
      DATABASE_URL: `postgres://sm_admin:${password}@${hosts.gateway}:${line.port}/stationmaster`,
      REDIS_URL: redis.url,
      SM_PEPPER: randomBytes(32).toString('hex'),
      SM_DRAIN_S: '2',
    }
    const nodes = hosts.hosts.map((host, i) => new Node({ data: join(data, `node${i}`), port, env: () => env, host }))
    await Promise.all(nodes.map((node) => node.start()))
    const anyNode = (): { readonly host: string; readonly port: number } => {
      const { address } = nodes[Math.trunc(luck() * count)] ?? { address: '127.0.0.1' }
      return { host: address, port }
    }
    const proxy = await startChaosProxy(anyNode, luck)
    return new System({ proxy, data, nodes, redisPort: port + 2, redis, owner, hosts, line })
  }

  /** Any of the nodes, for questions once everything works again. */
  get api(): ServerProcess['api'] {
    const [first] = this.nodes
    if (first === undefined) throw new Error('a system without nodes')
    return first.server.api
  }

  get hasRedis(): boolean {
    return this.#redis !== undefined
  }

  get isCluster(): boolean {
    return this.nodes.length > 1
  }

  output(): string {
    return this.nodes.map((node) => node.output()).join('')
  }

  async killNode(node: Node, awayMs: number): Promise<void> {
    await node.end('SIGKILL')
    await sleep(awayMs)
    await node.start()
  }

  /** All of them anew, one after another, as a deployment does it (INV-62, INV-63). */
  async roll(): Promise<void> {
    for (const node of this.nodes) {
      const code = await node.end('SIGTERM')
      if (code !== 0) this.complaints.push(`a node that was to go down ended with ${code}`)
      await node.start()
    }
  }

  /** Its owner starts it again. */
  async killPostgres(): Promise<void> {
    await until('PostgreSQL to run, so that it can be killed', async () =>
      signal(postmasterOf(this.#parts.data), 'SIGKILL'),
    )
  }

  async killRedis(awayMs: number): Promise<void> {
    await this.#redis?.stop()
    await sleep(awayMs)
    await this.#startRedis()
  }

  async killEverything(awayMs: number): Promise<void> {
    const postmaster = postmasterOf(this.#parts.data)
    const died = this.nodes.map((node) => node.end('SIGKILL'))
    signal(postmaster, 'SIGKILL')
    await Promise.all([...died, this.#redis?.stop()])
    await sleep(awayMs)
    await this.#startRedis()
    await Promise.all(this.nodes.map((node) => node.start()))
  }

  async flushRedis(): Promise<void> {
    if (this.#redis === undefined) return
    const redis = new Redis(this.#redis.url)
    await redis.flushall().finally(() => redis.disconnect())
  }

  /** Cuts a node off from what it shares with the others, for a while (F-10, INV-37). */
  async cutOff(node: Node, from: 'Redis' | 'PostgreSQL' | 'both', ms: number): Promise<void> {
    const database = this.#parts.line?.port ?? 0
    const ports = { Redis: [this.#parts.redisPort], PostgreSQL: [database], both: [this.#parts.redisPort, database] }
    const host = node.host as Host
    host.cutOffFrom(ports[from])
    await sleep(ms)
    host.heal()
  }

  /** The line of the stations to a node is bad for a while: a tenth of all packets is lost, each byte takes a second. */
  async spoilLine(node: Node, ms: number): Promise<void> {
    const host = node.host as Host
    host.loses(10, node.port)
    this.proxy.delay(1_000)
    await sleep(ms)
    this.proxy.delay(0)
    host.heal()
  }

  /** Stops it as a long pause would, and lets it go on. */
  async pause(what: 'PostgreSQL' | 'Redis', ms: number): Promise<void> {
    const pids = this.#processesOf(what)
    for (const pid of pids) signal(pid, 'SIGSTOP')
    await sleep(ms)
    for (const pid of pids) signal(pid, 'SIGCONT')
  }

  /** The counters of the processes that run now, all added up. */
  metrics(): ReadonlyMap<string, number> {
    return sumsOf(this.nodes.map((node) => node.metrics()))
  }

  async stop(): Promise<void> {
    const { data, owner, hosts, line } = this.#parts
    await this.proxy.stop()
    await Promise.all(this.nodes.map((node) => node.end('SIGTERM')))
    await line?.stop()
    await owner?.end('SIGTERM')
    await this.#redis?.stop()
    hosts?.stop()
    rmSync(data, { recursive: true, force: true })
  }

  async #startRedis(): Promise<void> {
    if (this.#redis !== undefined)
      this.#redis = await startRedis(this.#parts.redisPort, this.#parts.hosts?.gateway ?? '127.0.0.1')
  }

  #processesOf(what: 'PostgreSQL' | 'Redis'): readonly number[] {
    if (what === 'Redis') return this.#redis === undefined ? [] : [this.#redis.pid]
    const postmaster = postmasterOf(this.#parts.data)
    return postmaster === undefined ? [] : [postmaster, ...descendantsOf(postmaster)]
  }
}

/** Metrics of several processes added up: by name, and by name and label. */
export const sumsOf = (texts: readonly string[]): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>()
  for (const [, name = '', labels = '', value] of texts.join('\n').matchAll(/^(\w+)(\{[^}]*\})? ([\d.e+]+)/gm)) {
    const label = /kind="([^"]*)"/.exec(labels)?.[1]
    for (const key of label === undefined ? [name] : [name, `${name} ${label}`])
      sums.set(key, (sums.get(key) ?? 0) + Number(value))
  }
  return sums
}

const common = (port: number): Readonly<Record<string, string>> => ({
  SM_OPS_PORT: String(port + 1),
  SM_LOG: 'error',
  SM_PING_S: '5',
})
