import { execFileSync } from 'node:child_process'
import { runtimeCommand, type ServerProcess, signal, startProcess } from '../support/process.ts'
import type { Host } from '../support/hosts.ts'

interface NodeParts {
  readonly data: string
  readonly port: number
  readonly env: () => Readonly<Record<string, string>>
  readonly host?: Host
}

const sleep = (ms: number): Promise<void> => new Promise((go) => void setTimeout(go, ms))
const startWithinMs = 60_000

/** A server that can be killed, frozen, cut off, and is started again each time. */
export class Node {
  readonly host: Host | undefined
  readonly #parts: NodeParts
  readonly #outputs: string[] = []
  #process: ServerProcess | undefined

  constructor(parts: NodeParts) {
    this.#parts = parts
    this.host = parts.host
  }

  get port(): number {
    return this.#parts.port
  }

  get address(): string {
    return this.host?.address ?? '127.0.0.1'
  }

  get server(): ServerProcess {
    if (this.#process === undefined) throw new Error('this node does not run')
    return this.#process
  }

  /** As whoever runs it would: again and again while it is refused, because Redis or PostgreSQL is away. */
  async start(): Promise<void> {
    const { data, port, env, host } = this.#parts
    for (const end = performance.now() + startWithinMs; ;) {
      try {
        this.#process = await startProcess({ data, port, env: env(), ...(host && { host }) })
        return
      } catch (error) {
        if (performance.now() > end) throw error
        await sleep(500)
      }
    }
  }

  /** Answers its exit code; null where a signal ended it. */
  async end(how: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const { server } = this
    const code = await server.kill(how)
    this.#outputs.push(server.output())
    return code
  }

  async pause(ms: number): Promise<void> {
    signal(this.server.child.pid, 'SIGSTOP')
    await sleep(ms)
    signal(this.server.child.pid, 'SIGCONT')
  }

  /** Everything that it has ever said. */
  output(): string {
    return [...this.#outputs, this.#process?.output() ?? ''].join('')
  }

  /** Its port of operations is on its own loopback: asked from there. */
  metrics(): string {
    const url = `http://127.0.0.1:${this.port + 1}/metrics`
    const ask = ['-e', `process.stdout.write(await (await fetch("${url}")).text())`]
    const [program = '', ...args] = [...(this.host?.prefix ?? []), ...(runtimeCommand('bun') ?? []), ...ask]
    return execFileSync(program, args, { encoding: 'utf8' })
  }
}
