import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Deliveries } from '../../../actors/deliveries.ts'
import { webhookKind } from '../../../adapters/erp/webhook.ts'
import { postgresDeadlines } from '../../../adapters/postgres/deadlines.ts'
import { postgresLanes } from '../../../adapters/postgres/erp-lanes.ts'
import { systemClock } from '../../../adapters/system.ts'
import { freshDatabase, passwordOf, type TestDatabase } from '../../support/database.ts'
import { insertDocuments, sampleDocument } from '../../support/documents.ts'
import { type HttpReceiver, startHttpReceiver } from '../../support/http-receiver.ts'
import { runtimeCommand } from '../../support/process.ts'
import { deaf, silence } from '../../support/quiet.ts'
import { until } from '../../support/server.ts'

const secret = `whsec_${Buffer.from('a secret of twenty-four bytes').toString('base64')}`

describe('kill -9 between the outbox and the word that a document has arrived', () => {
  let database: TestDatabase
  let receiver: HttpReceiver
  const came: string[] = []
  const books: string[] = []
  beforeAll(async () => {
    database = await freshDatabase()
    receiver = await startHttpReceiver({
      answer({ headers }) {
        const id = headers['webhook-id'] ?? ''
        came.push(id)
        if (books.includes(id)) return { status: 409 }
        books.push(id)
        return { status: 201 }
      },
    })
    await database.admin`insert into erp_targets (tenant, id, kind, settings, changed_at) values ('default', 'books', 'webhook', '{}', now())`
  })
  afterAll(async () => {
    await receiver.close()
    await database.close()
  })

  const killedAt = async (point: string, job: { id: number; key: string }): Promise<void> => {
    const { target } = database
    if ('url' in target) throw new Error('not a database of this test')
    const [bun = ''] = runtimeCommand('bun') ?? []
    const child = spawn(bun, [join(import.meta.dirname, '../../support/delivery-worker.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        PG_HOST: target.host,
        PG_PORT: String(target.port),
        PG_DATABASE: target.database,
        PG_PASSWORD: passwordOf('sm_app'),
        URL: receiver.url,
        SECRET: secret,
        POINT: point,
        JOB: String(job.id),
        KEY: job.key,
      },
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await until(`it to be ${point}`, async () => output.includes(`at ${point}`))
    const ended = new Promise((go) => void child.once('exit', go))
    child.kill('SIGKILL')
    await ended
  }

  /** Whoever lives does what the relay and the sweeper hand him, after everybody's time is over. */
  const others = async (): Promise<void> => {
    await database.admin`update erp_deliveries set next_at = now() - interval '1 second' where state in ('queued', 'sending') and next_at is not null`
    await database.admin`update deadlines set due = now() - interval '1 second'`
    await postgresDeadlines(database.ingest, systemClock).sweep(100)
    const erp = webhookKind({ resolve: async () => [{ address: '127.0.0.1', family: 4 }], clock: systemClock }).open({
      tenant: 'default',
      settings: { url: receiver.url },
      secrets: { signingSecret: secret },
    })
    const deliveries = new Deliveries({
      lanes: postgresLanes(database.app),
      open: () => erp,
      clock: systemClock,
      random: { integer: (least) => least },
      telemetry: deaf,
      log: silence,
    })
    const jobs = await database.admin<{ id: number; key: string }[]>`select id::int, key from outbox where kind = 'erp'`
    for (const job of jobs) await deliveries.work({ ...job, tenant: 'default' })
  }

  it.each([
    ['entered', 1, 1],
    ['taken', 1, 2],
    ['answered', 2, 2],
    ['settled', 1, 1],
    ['rested', 1, 1],
  ] as const)(
    'F-26 INV-41 INV-44: when it is %s, the document is in the books once',
    async (point, calls, attempts) => {
      const document = sampleDocument(['entered', 'taken', 'answered', 'settled', 'rested'].indexOf(point) + 1)
      await insertDocuments(database.admin, [document], ['books'])
      const [job] = await database.admin<
        { id: number; key: string }[]
      >`select id::int, key from outbox where kind = 'erp'`
      await killedAt(point, job ?? { id: 0, key: '' })
      for (let i = 0; i < 3; i++) await others()
      const rows = await database.admin`select state, attempts from erp_deliveries where document = ${document.id}`
      expect(rows).toMatchObject([{ state: 'accepted', attempts }])
      expect(books.filter((id) => id === document.id)).toEqual([document.id])
      expect(came.filter((id) => id === document.id).length).toBe(calls)
      expect(await database.admin`select 1 from outbox where kind = 'erp'`).toEqual([])
    },
  )
})
