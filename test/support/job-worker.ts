import { Redis } from 'ioredis'
import { openWorker } from '../../adapters/bullmq/queue.ts'
import { connect } from '../../adapters/postgres/connect.ts'
import { writeCdrs } from '../../adapters/postgres/cdr-writer.ts'
import { systemClock, systemIds } from '../../adapters/system.ts'
import { silence } from './quiet.ts'

/** A process that does CDR jobs, each after it has been told to go on: it can be frozen in the middle of one. */
const env = (name: string): string => process.env[name] ?? ''
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const app = connect({
  target: { host: env('PG_HOST'), port: Number(env('PG_PORT')), database: env('PG_DATABASE') },
  user: 'sm_app',
  password: env('PG_PASSWORD'),
  max: 2,
  name: 'job worker',
})
const told = new Promise<void>((go) => void process.stdin.once('data', () => go()))

openWorker({ kind: 'redis', open: () => new Redis(env('REDIS_URL'), { maxRetriesPerRequest: null }) }, silence, {
  queue: 'cdr',
  lockMs: 2_000,
  work: async (job) => {
    say('began')
    await told
    const { entries } = await writeCdrs({ app, clock: systemClock, ids: systemIds }, job)
    say(entries.length === 0 ? 'found it done' : 'wrote it')
  },
})
