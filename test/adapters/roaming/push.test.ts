import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresDeadlines } from '../../../adapters/postgres/deadlines.ts'
import { leaseMs } from '../../../core/domain/push-lane.ts'
import type { Json } from '../../../core/roaming/field.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, passwordOf, type TestDatabase } from '../../support/database.ts'
import { type MisbehavingPartner, startMisbehavingPartner } from '../../support/misbehaving-partner.ts'
import { runtimeCommand } from '../../support/process.ts'
import { publishRows, registerRow } from '../../support/published-rows.ts'
import { pusherOn, sealedToken } from '../../support/pusher.ts'
import { aLocation, ourCode, toldPartner } from '../../support/roaming-lanes.ts'
import { until } from '../../support/server.ts'

const stamp = '2026-11-24T12:00:00Z'
const withStatus = (id: string, status: string): Json => {
  const location = aLocation(id, 2, stamp)
  const [first, second] = location['evses'] as Json[]
  return { ...location, evses: [{ ...first, status }, second] }
}

describe('partners that are told over real sockets, with lanes on PostgreSQL', () => {
  let database: TestDatabase
  const partners: MisbehavingPartner[] = []
  const clock = new TestClock(Date.now())
  let own: ReturnType<typeof pusherOn>
  let serial = 0
  beforeAll(async () => {
    database = await freshDatabase()
    own = pusherOn(database.app, clock)
  })
  afterAll(async () => {
    own.close()
    await Promise.all(partners.map((partner) => partner.close()))
    await database.close()
  })

  /** A partner that is told of so many locations, which are for it alone. */
  const told = async (count: number) => {
    const id = `emp-${serial++}`
    const partner = await startMisbehavingPartner()
    partners.push(partner)
    await registerRow(database.app, { ...toldPartner(id, {}, partner.url), token: sealedToken })
    const ids = Array.from({ length: count }, (_, n) => `${id}-L${n}`)
    const publish = (status: string) =>
      publishRows(
        database.app,
        ids.map((one) => ({
          module: 'locations' as const,
          owner: ourCode,
          id: one,
          partner: id,
          lastUpdated: clock.now(),
          body: withStatus(one, status),
        })),
      )
    await publish('AVAILABLE')
    const statuses = (): readonly unknown[] =>
      ids.map(
        (one) => (partner.platform.objects.get(`locations/${one}`)?.['evses'] as Json[] | undefined)?.[0]?.['status'],
      )
    return { id, key: `${id}/locations`, partner, publish, statuses, all: (status: string) => ids.map(() => status) }
  }

  /** Hands over what is due, as relay and sweeper do. */
  const handOver = async (): Promise<void> => {
    await postgresDeadlines(database.ingest, clock).sweep(100)
    const jobs = await database.admin<
      { id: number; key: string }[]
    >`select id::int, key from outbox where kind = 'roaming'`
    for (const job of jobs) await own.pusher.work({ ...job, tenant: 'default' })
  }
  const untilTold = async (ones: readonly Awaited<ReturnType<typeof told>>[], status: string): Promise<void> => {
    await until(`all to be told ${status}`, async () => {
      await handOver()
      await clock.pass(1_000)
      return ones.every((one) => one.statuses().every((said) => said === status))
    })
  }

  it('delay nobody else: one hangs, one takes 8 s, and the third has all at once', async () => {
    const [hangs, slow, quick] = [await told(30), await told(30), await told(30)]
    hangs.partner.manners = () => 'hangs'
    slow.partner.manners = () => 'slow'
    const began = Date.now()
    await untilTold([quick], 'AVAILABLE')
    expect(Date.now() - began).toBeLessThan(7_000)
    expect(hangs.statuses()).toEqual(hangs.all('').map(() => undefined))
    slow.partner.manners = hangs.partner.manners = () => 'good'
    await Promise.all([slow, hangs].map(({ partner }) => partner.close()))
    await own.pusher.rest()
  })

  it.each(['entered', 'answered', 'settled'])(
    'INV-44: are told all by another when the process that told them is killed, once it has %s',
    async (point) => {
      const one = await told(30)
      const [job] = await database.admin<{ id: number }[]>`select id::int from outbox where key = ${one.key}`
      await killedAt(point, { id: job?.id ?? 0, key: one.key })
      const before = one.partner.platform.heard.length
      await handOver()
      await own.pusher.rest()
      expect(one.partner.platform.heard.length).toBe(before)
      await clock.pass(leaseMs + 60_000)
      await one.publish('CHARGING')
      await untilTold([one], 'CHARGING')
    },
  )

  const killedAt = async (point: string, job: { readonly id: number; readonly key: string }): Promise<void> => {
    const { target } = database
    if ('url' in target) throw new Error('not a database of this test')
    const [bun = ''] = runtimeCommand('bun') ?? []
    const child = spawn(bun, [join(import.meta.dirname, '../../support/lane-worker.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        PG_HOST: target.host,
        PG_PORT: String(target.port),
        PG_DATABASE: target.database,
        PG_PASSWORD: passwordOf('sm_app'),
        POINT: point,
        AHEAD: String(clock.now() - Date.now()),
        AFTER: point === 'answered' ? '10' : '0',
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
})
