import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresDeadlines } from '../../../adapters/postgres/deadlines.ts'
import { leaseMs } from '../../../core/domain/push-lane.ts'
import type { Json } from '../../../core/roaming/field.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, passwordOf, type TestDatabase } from '../../support/database.ts'
import {
  badManners,
  type Manners,
  type MisbehavingPartner,
  startMisbehavingPartner,
} from '../../support/misbehaving-partner.ts'
import { runtimeCommand } from '../../support/process.ts'
import { publishRows, registerRow } from '../../support/published-rows.ts'
import { pusherOn, sealedToken } from '../../support/pusher.ts'
import { aLocation, aSession, ourCode, toldPartner } from '../../support/roaming-lanes.ts'
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
    await registerRow(database.app, { ...toldPartner(id, { sessionPushS: 0 }, partner.url), token: sealedToken })
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
    const session = `${id}-S`
    const charge = (periods: number) =>
      publishRows(database.app, [
        {
          module: 'sessions',
          owner: ourCode,
          id: session,
          partner: id,
          lastUpdated: clock.now(),
          body: aSession(session, periods, stamp),
        },
      ])
    await publish('AVAILABLE')
    const statuses = (): readonly unknown[] =>
      ids.map(
        (one) => (partner.platform.objects.get(`locations/${one}`)?.['evses'] as Json[] | undefined)?.[0]?.['status'],
      )
    const periods = (): number | undefined =>
      (partner.platform.objects.get(`sessions/${session}`)?.['charging_periods'] as Json[] | undefined)?.length
    /** Objects that it is not known to have, or that are told again. */
    const open = async (): Promise<number> => {
      const [row] = await database.admin<{ open: number }[]>`
        select (select count(*) from roaming_retries where partner = ${id})::int
          + (select count(*) from roaming_lanes where partner = ${id} and held_by is not null)::int
          + (select count(*) from roaming_objects o left join roaming_lanes l on l.partner = o.partner and l.module = o.module
              where o.partner = ${id} and o.revision > coalesce(l.revision, 0))::int as open`
      return row?.open ?? 0
    }
    return {
      id,
      key: `${id}/locations`,
      partner,
      publish,
      charge,
      statuses,
      periods,
      open,
      all: (status: string) => ids.map(() => status),
    }
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

  // of every few requests one goes so; of these it is what the partner is like
  const everyOf: Readonly<Record<string, number>> = { broken: 5, slow: 1, ok200: 1, noPatch: 1 }

  it.each(badManners.filter((bad) => bad !== 'hangs').map((bad) => [bad]))(
    '§11.3: have all of it in the end, nothing lost, doubled or stuck, while they are %s',
    async (bad) => {
      const one = await told(6)
      one.partner.slowMs = 200
      let asked = 0
      let wrong = 0
      one.partner.manners = (method): Manners => {
        if (asked++ % (everyOf[bad] ?? 3) !== 0) return 'good'
        if (bad !== 'noPatch' || method === 'PATCH') wrong++
        return bad
      }
      for (const [n, status] of ['CHARGING', 'BLOCKED', 'AVAILABLE', 'OUTOFORDER'].entries()) {
        await one.publish(status)
        await one.charge(n + 1)
        await handOver()
        await new Promise((go) => setTimeout(go, 100))
        await clock.pass(1_000)
      }
      await until('nothing to be open', async () => {
        await handOver()
        await clock.pass(3_000)
        return (await one.open()) === 0
      })
      expect([one.statuses(), one.periods(), wrong > 0]).toEqual([one.all('OUTOFORDER'), 4, true])
      // and it is left alone then
      const heard = one.partner.platform.heard.length
      await clock.pass(3_600_000)
      await handOver()
      await own.pusher.rest()
      expect(one.partner.platform.heard.length).toBe(heard)
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
