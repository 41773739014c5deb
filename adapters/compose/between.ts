import type { Bus } from '../../core/ports/bus.ts'
import type { Directory } from '../../core/ports/directory.ts'
import type { Log } from '../../core/ports/log.ts'
import { memoryBus } from '../memory/bus.ts'
import { memoryDirectory } from '../memory/directory.ts'
import { redisBus } from '../redis/bus.ts'
import { openRedis, type RedisPlace } from '../redis/connect.ts'
import { redisDirectory } from '../redis/directory.ts'
import { systemIds } from '../system.ts'
import type { Undo } from './undo.ts'

/** What is between the processes: of one alone, its own memory. */
export const between = async (
  place: RedisPlace | undefined,
  log: Log,
  undo: Undo,
): Promise<{ readonly bus: Bus; readonly directory: Directory }> => {
  if (place === undefined) {
    const bus = memoryBus()
    undo.on('bus', () => bus.close())
    return { bus, directory: memoryDirectory() }
  }
  const redis = openRedis(place, 'state', log)
  undo.on('Redis', async () => redis.disconnect())
  const bus = await redisBus(redis, () => systemIds.uuid())
  undo.on('bus', () => bus.close())
  return { bus, directory: redisDirectory(redis) }
}
