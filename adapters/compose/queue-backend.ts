import { Pool } from 'pg'
import type { Log } from '../../core/ports/log.ts'
import { migrateQueues } from '../bullmq/migrate.ts'
import type { QueueBackend } from '../bullmq/queue.ts'
import { socketOf, type Target } from '../postgres/connect.ts'
import { openRedis, type RedisPlace } from '../redis/connect.ts'
import type { Undo } from './undo.ts'

const poolTo = (target: Target, user: string, password: string, max: number): Pool => {
  const search = { options: '-c search_path=bullmq,public', user, password, max }
  const socket = 'url' in target ? socketOf(target.url) : target
  if (socket !== undefined) return new Pool({ ...socket, ...search })
  const url = new URL('url' in target ? target.url : '')
  return new Pool({ host: url.hostname, port: Number(url.port || 5432), database: url.pathname.slice(1), ...search })
}

export const migrateQueuesAs = async (owner: {
  readonly target: Target
  readonly user: string
  readonly password: string
}): Promise<void> => {
  const pool = poolTo(owner.target, owner.user, owner.password, 1)
  try {
    await migrateQueues(pool)
  } finally {
    await pool.end()
  }
}

export const queueBackend = (
  redis: RedisPlace | undefined,
  target: Target,
  password: string,
  log: Log,
  undo: Undo,
): QueueBackend => {
  if (redis !== undefined) return { kind: 'redis', open: () => openRedis(redis, 'jobs', log) }
  const pool = poolTo(target, 'sm_app', password, 8)
  pool.on('error', (error) => log.warn("the job queue's database connection broke", { reason: String(error) }))
  undo.on("the job queue's connections", () => pool.end())
  return { kind: 'postgres', pool }
}
