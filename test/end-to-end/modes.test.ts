import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePorts } from '../../bench/free-port.ts'
import { startFleet } from '../../bench/fleet.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { freePort, refusedProcess, type ServerProcess, startProcess } from '../support/process.ts'
import { startRedisCluster } from '../support/redis-cluster.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { freshData } from '../support/data-directory.ts'
import { testKey, until } from '../support/server.ts'
import { without } from '../support/tools.ts'

/** Every row of the table of modes (DESIGN §2): it runs a session to its CDR, or it is refused with its sentence. */
describe('the ways to run', () => {
  const undo: (() => Promise<unknown> | void)[] = []
  let data: string
  beforeEach(() => {
    data = freshData()
    undo.push(() => rmSync(data, { recursive: true, force: true }))
  })
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  })

  const redis = async (): Promise<TestRedis> => {
    const server = await startRedis()
    undo.push(() => server.stop())
    return server
  }
  const database = async (): Promise<TestDatabase & { readonly url: string }> => {
    const made = await freshDatabase()
    undo.push(() => made.close())
    const { user, password } = made.superuser
    const { host } = made.target as { host: string }
    return Object.assign(made, {
      url: `postgres://${user}:${password}@localhost/stationmaster?host=${encodeURIComponent(host)}`,
    })
  }
  const serve = async (env: Readonly<Record<string, string>>): Promise<ServerProcess> => {
    const server = await startProcess({ data, port: await freePort(), env })
    undo.push(() => server.kill('SIGTERM'))
    return server
  }
  const runsASession = async (server: ServerProcess): Promise<void> => {
    const fleet = await startFleet({
      url: `${server.url.replace('http', 'ws')}ocpp`,
      api: server.url,
      key: testKey,
      chargers: 6,
      seed: 1,
      sessionS: [1, 2],
      pauseS: [0, 0.2],
      backlog: 0,
      offline: 0,
      prefix: 'MODE',
      autonomous: true,
    })
    try {
      await until(
        'CDRs',
        async () => ((await server.api('GET', '/api/v1/cdrs?limit=1000')).body['items'] as unknown[]).length >= 6,
        20_000,
      )
      // an order given to whichever process answers reaches the station, wherever its socket is
      for (let i = 1; i <= 6; i++)
        expect(
          (
            await server.api('POST', `/api/v1/charge-points/MODE-000${i}/commands?wait=10`, {
              type: 'trigger',
              message: 'Heartbeat',
            })
          ).body,
        ).toMatchObject({ outcome: 'succeeded' })
    } finally {
      fleet.stop()
    }
  }

  it('one host: embedded PostgreSQL, Redis, three workers on one port', async () => {
    const { url } = await redis()
    const ops = await freePorts(4)
    const server = await serve({ REDIS_URL: url, SM_WORKERS: '3', SM_OPS_PORT: String(ops) })
    await until(
      'all workers to be ready',
      async () =>
        fetch(`http://127.0.0.1:${ops}/readyz`).then(
          async (r) => ((await r.json()) as { workers: boolean[] }).workers.every(Boolean),
          () => false,
        ),
      30_000,
    )
    await runsASession(server)
    const { workers } = (await (await fetch(`http://127.0.0.1:${ops}/workers`)).json()) as {
      workers: { pid: number; sockets: number }[]
    }
    expect(workers.length).toBe(3)
    expect(await (await fetch(`http://127.0.0.1:${ops}/metrics`)).text()).toMatch(
      /ocpp_frames_accepted_total\{worker="[012]"/,
    )
    // a worker that is killed is started again, and its stations come back
    process.kill(workers[0]?.pid ?? 0, 'SIGKILL')
    await until('the worker to be back', async () => {
      const now = (await (await fetch(`http://127.0.0.1:${ops}/workers`)).json()) as {
        workers: { pid: number; name?: string }[]
      }
      return now.workers[0]?.pid !== workers[0]?.pid && now.workers[0]?.name !== undefined
    })
  })

  it('single process on your PostgreSQL; a second one on the same database is refused', async () => {
    const { url } = await database()
    const server = await serve({ DATABASE_URL: url })
    await runsASession(server)
    const other = freshData()
    undo.push(() => rmSync(other, { recursive: true, force: true }))
    const { code, output } = await refusedProcess(other, {
      DATABASE_URL: url,
      SM_PEPPER: (await import('node:fs')).readFileSync(`${data}/pepper`, 'utf8'),
    })
    expect([code, output.trim()]).toEqual([
      1,
      'this database is already served by another Stationmaster; give both a REDIS_URL to run as a cluster',
    ])
  })

  it('cluster: your PostgreSQL, Redis', async () => {
    const [{ url }, { url: redisUrl }] = [await database(), await redis()]
    await runsASession(await serve({ DATABASE_URL: url, REDIS_URL: redisUrl }))
  })

  it.skipIf(without.redis() !== undefined)('cluster: your PostgreSQL, a Redis Cluster of three nodes', async () => {
    const [{ url }, nodes] = [await database(), await startRedisCluster()]
    undo.push(() => nodes.stop())
    await runsASession(await serve({ DATABASE_URL: url, REDIS_URL: nodes.urls.join(',') }))
  })

  it.each([
    ['more than one worker without Redis', { SM_WORKERS: '2' }, 'SM_WORKERS > 1 needs REDIS_URL'],
    [
      'a Redis that is not there',
      { REDIS_URL: 'redis://127.0.0.1:1' },
      /^REDIS_URL: no Redis answers at 127\.0\.0\.1:1/m,
    ],
    [
      'a database URL that is none',
      { DATABASE_URL: 'mysql://x' },
      'DATABASE_URL: the value is not a URL that begins with postgres:// or postgresql://',
    ],
  ])('%s is refused with its sentence', async (_, env, sentence) => {
    const { code, output } = await refusedProcess(data, env)
    expect(code).toBe(1)
    if (typeof sentence === 'string') expect(output.trim()).toBe(sentence)
    else expect(output).toMatch(sentence)
  })
})
