import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { freePorts } from '../../bench/free-port.ts'
import { freshDatabase } from '../support/database.ts'
import { freePort, type ServerProcess, startProcess } from '../support/process.ts'
import { startRedis } from '../support/redis.ts'
import { freshData } from '../support/data-directory.ts'
import { everyItem, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'

const password = 'a-password-of-the-station'
const count = 40
const identities = Array.from({ length: count }, (_, i) => `CP-${10 + i}`)
const plan = {
  name: 'clear the cache',
  order: { type: 'clearCache', deadlineS: 20 },
  targets: { identities },
  ratePerS: 20,
  stopRule: { failureShare: 1, atLeast: 1_000 },
}

interface Campaign {
  readonly id: string
  readonly state: string
  readonly progress: {
    readonly waiting: number
    readonly ordered: number
    readonly succeeded: number
    readonly failed: number
    readonly notReached: number
    readonly byOutcome: Readonly<Record<string, number>>
  }
}
interface Target {
  readonly chargePoint: string
  readonly state: string
}
interface Command {
  readonly state: string
  readonly history: readonly { readonly state: string }[]
}

describe('kill -9 in the middle of a campaign', () => {
  const undo: (() => unknown)[] = []
  /** How often each station heard the order, over all its connections. */
  const heard = new Map<string, number>()

  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step()
    heard.clear()
  })

  const serve = async (options: Parameters<typeof startProcess>[0]): Promise<ServerProcess> => {
    const server = await startProcess(options)
    undo.push(() => (server.child.exitCode ?? server.child.signalCode) === null && server.kill('SIGTERM'))
    return server
  }
  const folder = (): string => {
    const data = freshData()
    undo.push(() => rmSync(data, { recursive: true, force: true }))
    return data
  }
  const register = (server: ServerProcess) =>
    Promise.all(identities.map((identity) => server.api('PUT', `/api/v1/charge-points/${identity}`, { password })))
  const connect = async (server: ServerProcess): Promise<void> => {
    const stations = await Promise.all(
      identities.map(async (identity): Promise<ForeignStation> => {
        const station = await foreignStation(server.url, identity, password)
        station.on('ClearCache', () => {
          heard.set(identity, (heard.get(identity) ?? 0) + 1)
          return { status: 'Accepted' }
        })
        return station
      }),
    )
    undo.push(() => Promise.all(stations.map((station) => station.close().catch(() => {}))))
  }
  const begin = async (server: ServerProcess, more: object = {}): Promise<string> => {
    const answer = await server.api('POST', '/api/v1/campaigns', { ...plan, ...more })
    const { id }: Campaign = answer.body
    expect(answer.status).toBe(201)
    return id
  }
  const done = (server: ServerProcess, id: string): Promise<Campaign> =>
    until(
      'its end',
      async () => {
        const campaign: Campaign = (await server.api('GET', `/api/v1/campaigns/${id}`)).body
        return campaign.state === 'done' ? campaign : undefined
      },
      60_000,
    )
  /** How many orders of each station were ever sent, as the server's books have it. */
  const sentTo = async (server: ServerProcess): Promise<readonly number[]> =>
    Promise.all(
      identities.map(async (identity) => {
        const commands = await everyItem<Command>(server.api, `/api/v1/charge-points/${identity}/commands`)
        return commands.filter(({ history }) => history.some(({ state }) => state === 'sent')).length
      }),
    )

  it(
    'INV-48 S-27: the whole server: after the restart each charge point is ordered exactly once',
    { timeout: 120_000 },
    async () => {
      const data = folder()
      const port = await freePort()
      const first = await serve({ data, port })
      await register(first)
      await connect(first)
      const id = await begin(first, { retryOffline: true, endAt: new Date(Date.now() + 100_000).toISOString() })
      await until('some orders', async () => heard.size >= 10)
      await first.kill('SIGKILL')
      expect(heard.size).toBeLessThan(count)
      const second = await serve({ data, port })
      await connect(second)
      const { progress } = await done(second, id)
      // what was committed as sent and never answered may have been carried out: it is not sent again
      expect(progress).toMatchObject({ waiting: 0, ordered: 0, notReached: 0 })
      expect(progress.succeeded + (progress.byOutcome['timeoutUnknown'] ?? 0)).toBe(count)
      expect(progress.succeeded).toBeGreaterThan(count / 2)
      expect(await sentTo(second)).toEqual(identities.map(() => 1))
      expect([...heard.values()].filter((times) => times !== 1)).toEqual([])
      const targets = await everyItem<Target>(second.api, `/api/v1/campaigns/${id}/targets`)
      const unheard = targets.filter(({ chargePoint }) => !heard.has(chargePoint))
      expect(unheard.filter(({ state }) => state !== 'failed')).toEqual([])
    },
  )

  it(
    'INV-48 S-27: the process that runs it: another goes on, and each charge point hears it exactly once',
    { timeout: 120_000 },
    async () => {
      const port = await freePorts(6)
      const [database, redis] = await Promise.all([freshDatabase(), startRedis(port + 5)])
      undo.push(
        () => database.close(),
        () => redis.stop(),
      )
      const { user, password: secret } = database.superuser
      const { host } = database.target as { host: string }
      const env = {
        DATABASE_URL: `postgres://${user}:${secret}@localhost/stationmaster?host=${encodeURIComponent(host)}`,
        REDIS_URL: redis.url,
        SM_PEPPER: randomBytes(32).toString('hex'),
      }
      const doors = await serve({
        data: folder(),
        port,
        env: { ...env, SM_ROLES: 'sockets,api', SM_OPS_PORT: String(port + 2) },
      })
      const jobs = (ops: number): Promise<ServerProcess> =>
        serve({
          data: folder(),
          env: { ...env, SM_ROLES: 'jobs', SM_OPS_PORT: String(ops) },
          readyAt: `http://127.0.0.1:${ops}/readyz`,
        })
      const runner = await jobs(port + 3)
      await register(doors)
      await connect(doors)
      const id = await begin(doors, { canary: { share: 0.1 } })
      await until('some orders', async () => heard.size >= 12)
      await runner.kill('SIGKILL')
      await new Promise((go) => setTimeout(go, 500))
      const before = heard.size
      await new Promise((go) => setTimeout(go, 1_500))
      expect([heard.size, before < count]).toEqual([before, true])
      await jobs(port + 4)
      const { progress } = await done(doors, id)
      expect(progress).toMatchObject({ succeeded: count, failed: 0, notReached: 0, waiting: 0, ordered: 0 })
      expect([...heard.values()]).toEqual(identities.map(() => 1))
      expect(await sentTo(doors)).toEqual(identities.map(() => 1))
    },
  )
})
