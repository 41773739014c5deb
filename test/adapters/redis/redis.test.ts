import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisBus } from '../../../adapters/redis/bus.ts'
import { connectRedis, NoRedis } from '../../../adapters/redis/connect.ts'
import { redisDirectory } from '../../../adapters/redis/directory.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { Bus } from '../../../core/ports/bus.ts'
import type { Directory } from '../../../core/ports/directory.ts'
import { busContract } from '../../contracts/bus.ts'
import { directoryContract } from '../../contracts/directory.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

describe('on Redis', () => {
  let server: TestRedis
  let redis: Redis
  let directory: Directory
  let here: Bus
  let there: Bus

  beforeAll(async () => {
    server = await startRedis()
    redis = new Redis(server.url)
    directory = redisDirectory(redis)
    here = await redisBus(redis, () => systemIds.uuid())
    there = await redisBus(redis, () => systemIds.uuid())
  })
  afterAll(async () => {
    await here.close()
    await there.close()
    redis.disconnect()
    await server.stop()
  })

  describe('the directory', () => directoryContract(() => directory))
  describe('the bus', () => busContract(() => ({ here, there })))

  it('says in one line that no Redis is there', async () => {
    const silence = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
    await expect(connectRedis('redis://127.0.0.1:1', silence)).rejects.toThrow(NoRedis)
  })
})
