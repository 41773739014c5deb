import { Redis } from 'ioredis'
import type { Log } from '../../core/ports/log.ts'

/** A connection that comes back by itself. Throws one clear line when there is no Redis at all. */
export const connectRedis = async (url: string, log: Log): Promise<Redis> => {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: true,
    connectTimeout: 3_000,
  })
  redis.on('error', (error) => log.warn('Redis does not answer', { reason: String(error) }))
  try {
    await redis.connect()
  } catch (error) {
    redis.disconnect()
    throw new NoRedis(
      `REDIS_URL: no Redis answers at ${new URL(url).host}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  return redis
}

/** The Redis of the settings does not answer. */
export class NoRedis extends Error {
  override readonly name = 'NoRedis'
}
