import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisBus } from '../../../adapters/redis/bus.ts'
import { type AnyRedis, findRedis, NoRedis, openRedis } from '../../../adapters/redis/connect.ts'
import { redisDirectory } from '../../../adapters/redis/directory.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Bus } from '../../../core/ports/bus.ts'
import type { Directory } from '../../../core/ports/directory.ts'
import { busContract } from '../../contracts/bus.ts'
import { directoryContract } from '../../contracts/directory.ts'
import { startRedisCluster } from '../../support/redis-cluster.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { without } from '../../support/tools.ts'
import { silence } from '../../support/quiet.ts'

const servers = [
  {
    name: 'Redis',
    start: async () => {
      const server = await startRedis()
      return { urls: [server.url], stop: () => server.stop() }
    },
    needsServer: false,
  },
  { name: 'a Redis Cluster', start: startRedisCluster, needsServer: true },
] as const

describe.each(servers)('on $name', ({ start, needsServer }) => {
  describe.skipIf(needsServer && without.redis() !== undefined)('with a server of its own', () => {
    let stop: () => Promise<void>
    let hereRedis: AnyRedis
    let thereRedis: AnyRedis
    let directory: Directory
    let here: Bus
    let there: Bus

    beforeAll(async () => {
      const server = await start()
      stop = () => server.stop()
      // one address of a cluster is enough to find it all
      const place = await findRedis(server.urls.slice(0, 1))
      expect(place.isCluster).toBe(needsServer)
      hereRedis = openRedis(place, 'state', silence)
      thereRedis = openRedis(place, 'state', silence)
      directory = redisDirectory(hereRedis)
      here = await redisBus(hereRedis, () => systemIds.uuid())
      there = await redisBus(thereRedis, () => systemIds.uuid())
    })
    afterAll(async () => {
      await here.close()
      await there.close()
      hereRedis.disconnect()
      thereRedis.disconnect()
      await stop()
    })

    describe('the directory', () => directoryContract(() => directory))
    describe('the bus', () => busContract(() => ({ here, there })))
  })
})

describe('a Redis that cannot be used is refused in one line:', () => {
  let server: TestRedis
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  it('none is there', async () => {
    await expect(findRedis(['redis://127.0.0.1:1'])).rejects.toThrow(NoRedis)
  })

  it('several are named that are no cluster', async () => {
    await expect(findRedis([server.url, server.url])).rejects.toThrow(/is on its own; name one, or all of a cluster$/)
  })

  it('it would throw jobs away when it is full', async (test) => {
    test.skip(!server.real, 'the stand-in has no maxmemory-policy')
    const redis = new Redis(server.url)
    await redis.config('SET', 'maxmemory', '100mb')
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
    redis.disconnect()
    await expect(findRedis([server.url])).rejects.toThrow(
      /maxmemory-policy allkeys-lru\); set maxmemory-policy noeviction$/,
    )
  })
})
