import { Cluster, Redis } from 'ioredis'
import type { Log } from '../../core/ports/log.ts'

/** A single server, or a Redis Cluster. */
export type AnyRedis = Redis | Cluster

export interface RedisPlace {
  readonly urls: readonly string[]
  readonly isCluster: boolean
}

/** The Redis of the settings does not answer, or is not one to rely on. */
export class NoRedis extends Error {
  override readonly name = 'NoRedis'
}

const leastVersion = 7

/**
 * Looks at the Redis of the settings once: whether it answers, whether it is a cluster, whether it keeps what it is
 * given. Throws one clear line where it cannot be used.
 */
export const findRedis = async (urls: readonly string[]): Promise<RedisPlace> => {
  const reasons: string[] = []
  let found: RedisPlace | undefined
  for (const url of urls) {
    const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 3_000 })
    redis.on('error', () => {})
    try {
      await redis.connect()
      const info = parse(await redis.info())
      const isCluster = info.get('cluster_enabled') === '1'
      if (urls.length > 1 && !isCluster)
        throw new NoRedis(
          `REDIS_URL: it names several servers, but ${hostOf(url)} is on its own; name one, or all of a cluster`,
        )
      refuseUnfit(info, url)
      found = { urls, isCluster }
    } catch (error) {
      if (error instanceof NoRedis) throw error
      reasons.push(`no Redis answers at ${hostOf(url)}: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      redis.disconnect()
    }
  }
  // of a cluster some may be away
  if (found === undefined) throw new NoRedis(`REDIS_URL: ${reasons.join('; ')}`)
  return found
}

const refuseUnfit = (info: ReadonlyMap<string, string>, url: string): void => {
  const version = info.get('redis_version')
  if (version !== undefined && Number.parseInt(version, 10) < leastVersion)
    throw new NoRedis(`REDIS_URL: ${hostOf(url)} is Redis ${version}; ${leastVersion} or newer is needed`)
  const policy = info.get('maxmemory_policy')
  // without a limit nothing is ever evicted, whatever the policy
  if (policy !== undefined && policy !== 'noeviction' && info.get('maxmemory') !== '0')
    throw new NoRedis(
      `REDIS_URL: ${hostOf(url)} would throw jobs away when it is full (maxmemory-policy ${policy}); set maxmemory-policy noeviction`,
    )
}

const hostOf = (url: string): string => new URL(url).host

/** The lines `name:value` of INFO. */
const parse = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(/^(\w+):([^\r\n]*)/gm)].map(([, name = '', value = '']) => [name, value] as const))

/** For what may fail and is asked again: an answer soon, or an error soon. One turn's commands travel as one. */
const forState = { connectTimeout: 3_000, maxRetriesPerRequest: 1, commandTimeout: 5_000, enableAutoPipelining: true }

/** For BullMQ, which waits as long as it takes. */
const forJobs = { connectTimeout: 3_000, maxRetriesPerRequest: null }

/** A connection that comes back by itself. */
export const openRedis = ({ urls, isCluster }: RedisPlace, use: 'state' | 'jobs', log: Log): AnyRedis => {
  const options = use === 'state' ? forState : forJobs
  const [first = ''] = urls
  const redis: AnyRedis = isCluster ? clusterOf(urls, options) : new Redis(first, options)
  redis.on('error', (error: unknown) => log.warn('Redis does not answer', { use, reason: String(error) }))
  return redis
}

/**
 * Rejects while no node of a cluster answers: ioredis would keep what it is told for as long as that takes, however much.
 */
export const answering = (redis: AnyRedis): void => {
  if (redis instanceof Cluster && redis.status !== 'ready') throw new NoRedis('no node of the Redis Cluster answers')
}

const clusterOf = (urls: readonly string[], options: typeof forState | typeof forJobs): Cluster => {
  const nodes = urls.map((url) => new URL(url))
  const [{ username, password, protocol } = new URL('redis://localhost')] = nodes
  return new Cluster(
    nodes.map(({ hostname, port }) => ({ host: hostname, port: Number(port === '' ? '6379' : port) })),
    {
      shardedSubscribers: true,
      enableAutoPipelining: 'enableAutoPipelining' in options,
      redisOptions: {
        ...options,
        enableAutoPipelining: false,
        ...(username !== '' && { username: decodeURIComponent(username) }),
        ...(password !== '' && { password: decodeURIComponent(password) }),
        ...(protocol === 'rediss:' && { tls: {} }),
      },
    },
  )
}
