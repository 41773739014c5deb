import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './process.ts'
import { until } from './server.ts'

export interface TestRedis {
  readonly url: string
  /** Whether it is the real one; else its stand-in written in JavaScript. */
  readonly real: boolean
  readonly pid: number
  stop(): Promise<void>
}

const begun = (program: string, args: readonly string[]): Promise<ChildProcess | undefined> =>
  new Promise((resolve) => {
    const child = spawn(program, [...args], { stdio: 'ignore' })
    child.once('error', () => resolve(undefined))
    child.once('spawn', () => resolve(child))
  })

/** A Redis of its own: redis-server from the PATH, else the one in JavaScript that npm brings. */
export const startRedis = async (given?: number, address = '127.0.0.1'): Promise<TestRedis> => {
  const port = given ?? (await freePort())
  const real = await begun('redis-server', [
    '--port',
    String(port),
    '--bind',
    address,
    // without a password it would listen to nobody else
    '--protected-mode',
    'no',
    '--save',
    '',
    '--appendonly',
    'no',
  ])
  const root = join(import.meta.dirname, '../..')
  const child =
    real ??
    (await begun(join(root, 'node_modules/.bin/bun'), [
      join(root, 'node_modules/js-redis-server/dist/cli.js'),
      '--port',
      String(port),
    ]))
  if (child === undefined) throw new Error('there is no Redis to be had')
  const url = `redis://${address}:${port}`
  await until('Redis to answer', async () => {
    const redis = new Redis(url, { lazyConnect: true, retryStrategy: null })
    redis.on('error', () => {})
    try {
      await redis.connect()
      return (await redis.ping()) === 'PONG'
    } catch {
      return false
    } finally {
      redis.disconnect()
    }
  })
  return {
    url,
    real: real !== undefined,
    pid: child.pid ?? 0,
    async stop() {
      const ended = new Promise<void>((go) => void child.once('exit', () => go()))
      child.kill('SIGKILL')
      await ended
    },
  }
}
