import { createPostgresBackend, Queue, Worker } from 'bullmq'
import type { Cluster, Redis } from 'ioredis'
import type { Pool } from 'pg'
import type { Log } from '../../core/ports/log.ts'
import type { JobKind } from '../../core/domain/changes.ts'
import type { JobQueue, SharedJob } from '../../core/ports/outbox.ts'

/** Where BullMQ keeps its jobs: on PostgreSQL through one shared pool, or on Redis. */
export type QueueBackend =
  | { readonly kind: 'postgres'; readonly pool: Pool }
  | { readonly kind: 'redis'; readonly open: () => Redis | Cluster }

/**
 * `cdr`: what is done here, and quickly. `erp`: what waits for receivers that may be slow, which must keep nothing else
 * from being done. A lane of its own for each target is within that: actors/deliveries.ts. `roaming`: only the word that
 * a partner is to be told something; nobody waits for the partner there: actors/pusher.ts. `sim`: the same word of a provider
 * of SIM cards: actors/sims.ts.
 */
export const queueNames = ['cdr', 'erp', 'roaming', 'sim'] as const
export type QueueName = (typeof queueNames)[number]

const queueOf: Readonly<Record<JobKind, QueueName>> = {
  cdr: 'cdr',
  certificate: 'cdr',
  seal: 'cdr',
  post: 'cdr',
  erp: 'erp',
  statements: 'erp',
  roaming: 'roaming',
  'roaming-cdrs': 'roaming',
  retail: 'roaming',
  sim: 'sim',
}

/** How many jobs of each one process does at the same time; those of `erp` mostly wait. */
const concurrency: Readonly<Record<QueueName, number>> = { cdr: 8, erp: 32, roaming: 32, sim: 32 }
const attempts = 8

type Data = Pick<SharedJob, 'kind' | 'tenant' | 'key' | 'id' | 'traceparent' | 'beside'>

/** Forgets a job soon after it is done: the outbox row says whether it must be done again, not the queue. */
const options = {
  attempts,
  backoff: { type: 'exponential', delay: 500 },
  removeOnComplete: { age: 60 },
  removeOnFail: { age: 60 },
} as const

interface Side {
  readonly connection: never
  readonly prefix: string
  readonly factory: typeof createPostgresBackend | undefined
  close(): Promise<void>
}

const sideOf = (backend: QueueBackend): Side => {
  if (backend.kind === 'postgres')
    return { connection: backend.pool as never, prefix: '', factory: createPostgresBackend, close: async () => {} }
  const redis = backend.open()
  return { connection: redis as never, prefix: '{sm}', factory: undefined, close: async () => redis.disconnect() }
}

/** The sending side: relay → queue. The job id is made of the outbox rows, so that the same relayed twice is one job. */
export const openQueue = (backend: QueueBackend, log: Log): JobQueue => {
  const side = sideOf(backend)
  const settings = { connection: side.connection, ...(side.prefix !== '' && { prefix: side.prefix }) }
  const opened = (name: QueueName): Queue<Data> => {
    const queue =
      side.factory === undefined
        ? new Queue<Data>(name, settings)
        : new Queue<Data>(name, settings, side.factory as never)
    queue.on('error', (error) => log.warn('the job queue reports an error', { queue: name, reason: String(error) }))
    return queue
  }
  const queues = { cdr: opened('cdr'), erp: opened('erp'), roaming: opened('roaming'), sim: opened('sim') }
  return {
    async add(jobs) {
      for (const name of queueNames) {
        const its = jobs.filter(({ kind }) => queueOf[kind] === name)
        if (its.length > 0) await queues[name].addBulk(its.map(jobOf))
      }
    },
    async close() {
      await Promise.all(queueNames.map((name) => inTime(queues[name].close())))
      await side.close()
    },
  }
}

const jobOf = ({ id, kind, tenant, key, traceparent, beside }: SharedJob) => ({
  name: kind,
  data: { id, kind, tenant, key, ...(traceparent !== undefined && { traceparent }), ...(beside && { beside }) },
  opts: { ...options, jobId: `${kind}-${[id, ...(beside ?? [])].join('.')}` },
})

interface WorkerOptions {
  readonly queue: QueueName
  readonly work: (job: Data) => Promise<void>
  readonly lockMs?: number
}

/**
 * The receiving side: does each job with `work`, which must be harmless to repeat; a throw is tried again later. A worker
 * that says nothing for `lockMs` loses its jobs to others.
 */
export const openWorker = (
  backend: QueueBackend,
  log: Log,
  { queue: name, work, lockMs = 30_000 }: WorkerOptions,
): { close(): Promise<void> } => {
  const side = sideOf(backend)
  const settings = {
    connection: side.connection,
    concurrency: concurrency[name],
    lockDuration: lockMs,
    stalledInterval: lockMs,
    ...(side.prefix !== '' && { prefix: side.prefix }),
  }
  const processor = async ({ data }: { readonly data: Data }): Promise<void> => work(data)
  const worker =
    side.factory === undefined
      ? new Worker<Data>(name, processor, settings)
      : new Worker<Data>(name, processor, settings, side.factory as never)
  worker.on('error', (error) => log.warn('the job worker reports an error', { queue: name, reason: String(error) }))
  worker.on('failed', (job, error) =>
    log.warn('a job failed', { job: job?.id, attempt: job?.attemptsMade, reason: String(error) }),
  )
  return {
    async close() {
      await inTime(worker.close())
      await side.close()
    },
  }
}

const closeMs = 5_000

/** Closing waits for a server that may be gone for good; a job that is cut short is done again by somebody else. */
const inTime = (closed: Promise<void>): Promise<void> =>
  new Promise((go) => {
    const late = setTimeout(go, closeMs)
    closed.then(go, () => go()).finally(() => clearTimeout(late))
  })
