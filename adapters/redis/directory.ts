import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ChargePointRef, refKey } from '../../core/domain/charge-point.ts'
import type { Directory, Location } from '../../core/ports/directory.ts'
import { type AnyRedis, answering } from './connect.ts'

/** A place that nobody renews is free after this time. */
const lifeMs = 180_000

interface Scripted {
  smClaim(key: string, epoch: number, worker: string, lifeMs: number): Promise<[number, string, string]>
  smRelease(key: string, epoch: number): Promise<number>
}

const lua = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')

/** Who holds which charge point, in Redis. Each is one key, tagged so that a cluster keeps it in one slot. */
export const redisDirectory = (redis: AnyRedis): Directory => {
  redis.defineCommand('smClaim', { numberOfKeys: 1, lua: lua('claim.lua') })
  redis.defineCommand('smRelease', { numberOfKeys: 1, lua: lua('release.lua') })
  const scripted = redis as unknown as Scripted
  const keyOf = (ref: ChargePointRef): string => `sm:place:{${refKey(ref)}}`
  const claim = async (ref: ChargePointRef, { worker, epoch }: Location) => {
    answering(redis)
    const [taken, holder, before] = await scripted.smClaim(keyOf(ref), epoch, worker, lifeMs)
    return { taken: Number(taken) === 1, holder: String(holder), epoch: Number(before) }
  }
  return {
    async claim(ref, location) {
      const { taken, holder, epoch } = await claim(ref, location)
      const place = { worker: holder, epoch }
      if (!taken) return { taken: false, holder: place }
      return { taken: true, ...(holder !== '' && { replaced: place }) }
    },
    renew: async (ref, location) => (await claim(ref, location)).taken,
    async release(ref, { epoch }) {
      answering(redis)
      await scripted.smRelease(keyOf(ref), epoch)
    },
    async locate(ref) {
      answering(redis)
      const [epoch, worker] = await redis.hmget(keyOf(ref), 'epoch', 'worker')
      return epoch == null || worker == null ? undefined : { worker, epoch: Number(epoch) }
    },
  }
}
