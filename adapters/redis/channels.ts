import { Cluster, type Redis } from 'ioredis'
import { type AnyRedis, answering } from './connect.ts'

/** Publish and subscribe, as a single server does it and as a cluster does: at most once, to whoever listens now. */
export interface Channels {
  /** Answers how many have heard it. */
  publish(channel: string, text: string): Promise<number>
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  close(): void
}

export const channelsOf = (redis: AnyRedis, hear: (channel: string, text: string) => void): Channels =>
  redis instanceof Cluster ? shardedChannels(redis, hear) : plainChannels(redis, hear)

/** A connection that subscribes can do nothing else: the one that listens is another. */
const plainChannels = (redis: Redis, hear: (channel: string, text: string) => void): Channels => {
  // it is subscribed again by itself after a loss, and then waits for as long as that takes
  const hearing = redis.duplicate({ maxRetriesPerRequest: null, enableAutoPipelining: false })
  hearing.on('error', () => {})
  hearing.on('message', hear)
  return {
    publish: (channel, text) => redis.publish(channel, text),
    subscribe: (channel) => hearing.subscribe(channel),
    unsubscribe: (channel) => hearing.unsubscribe(channel),
    close: () => hearing.disconnect(),
  }
}

/** In a cluster a channel lives on the shard of its name, and only there: what is published does not flood all nodes. */
const shardedChannels = (cluster: Cluster, hear: (channel: string, text: string) => void): Channels => {
  cluster.on('smessage', hear)
  return {
    async publish(channel, text) {
      answering(cluster)
      return Number(await cluster.spublish(channel, text))
    },
    subscribe: (channel) => cluster.ssubscribe(channel),
    unsubscribe: (channel) => cluster.sunsubscribe(channel),
    close: () => void cluster.off('smessage', hear),
  }
}
