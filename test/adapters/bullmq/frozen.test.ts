import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openQueue } from '../../../adapters/bullmq/queue.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { systemIds } from '../../../adapters/system.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, passwordOf, type TestDatabase, testDigest } from '../../support/database.ts'
import { started, stopped } from '../../support/facts.ts'
import { runtimeCommand } from '../../support/process.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { until } from '../../support/server.ts'
import { silence } from '../../support/quiet.ts'

const root = join(import.meta.dirname, '../../..')

describe('a job whose worker is frozen past its lock', () => {
  let database: TestDatabase
  let redis: TestRedis
  const children: ChildProcess[] = []
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(1)
    redis = await startRedis()
  })
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL')
    await redis.stop()
    await database.close()
  })

  const worker = () => {
    const { target } = database
    if ('url' in target) throw new Error('not a database of this test')
    const [bun = ''] = runtimeCommand('bun') ?? []
    const child = spawn(bun, [join(root, 'test/support/job-worker.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        PG_HOST: target.host,
        PG_PORT: String(target.port),
        PG_DATABASE: target.database,
        PG_PASSWORD: passwordOf('sm_app'),
        REDIS_URL: redis.url,
      },
    })
    children.push(child)
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    return {
      signal: (name: NodeJS.Signals) => child.kill(name),
      go: () => child.stdin.write('go\n'),
      said: (words: string) => until(`"${words}"`, async () => output.includes(words), 40_000),
    }
  }

  it('F-03 INV-41: is done by another, and once more by the first when it goes on: one CDR', async () => {
    const ledger = postgresLedger({
      sql: database.ingest,
      clock: new TestClock(Date.now()),
      ids: systemIds,
      digest: testDigest,
    })
    await ledger.commit([started('CP-0'), stopped('CP-0', '1000001')])
    const [row] = await database.admin<{ id: string; key: string }[]>`select id::text, key from outbox`
    const queue = openQueue(
      { kind: 'redis', open: () => new Redis(redis.url, { maxRetriesPerRequest: null }) },
      silence,
    )
    await queue.add([{ id: Number(row?.id), tenant: 'default', kind: 'cdr', key: row?.key ?? '' }])
    const first = worker()
    await first.said('began')
    first.signal('SIGSTOP')
    first.go()
    const second = worker()
    second.go()
    await second.said('wrote it')
    first.signal('SIGCONT')
    await first.said('found it done')
    expect((await database.admin`select version from cdrs`).map(({ version }) => version as number)).toEqual([0])
    await queue.close()
  })
})
