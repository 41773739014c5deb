import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePorts } from '../../bench/free-port.ts'
import { chance } from '../../bench/random.ts'
import { connect, type Wire } from '../../bench/wire.ts'
import { reconcile } from '../chaos/reconcile.ts'
import { ChaosStation, password } from '../chaos/station.ts'
import { sumsOf } from '../chaos/system.ts'
import { type ServerProcess, signal, startProcess } from '../support/process.ts'
import { startRedis } from '../support/redis.ts'
import { preparedData } from '../support/data-directory.ts'
import { until } from '../support/server.ts'
import { without } from '../support/tools.ts'

interface Seen {
  readonly pid: number
  readonly name?: string
  readonly sockets?: number
}

const lack = without.redis()

/** A supervisor and its workers, on Redis. */
describe.skipIf(lack !== undefined)(`workers that share a port${lack ? ` (${lack})` : ''}`, () => {
  const undo: (() => unknown)[] = []
  let data: string
  let port: number
  let redisUrl: string
  beforeEach(async () => {
    data = await preparedData()
    undo.push(() => rmSync(data, { recursive: true, force: true }))
    port = await freePorts(6)
    const redis = await startRedis(port + 5)
    undo.push(() => redis.stop())
    redisUrl = redis.url
  })
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  })

  const serve = async (workers: number, env: Readonly<Record<string, string>> = {}, descriptors?: number) => {
    const prefix = descriptors === undefined ? [] : ['sh', '-c', `ulimit -n ${descriptors}; exec "$@"`, 'sh']
    const server = await startProcess({
      data,
      port,
      host: { address: '127.0.0.1', prefix },
      env: {
        REDIS_URL: redisUrl,
        SM_WORKERS: String(workers),
        SM_OPS_PORT: String(port + 1),
        SM_LOG: 'error',
        SM_DRAIN_S: '1',
        ...env,
      },
    })
    undo.push(() => server.child.exitCode === null && server.child.signalCode === null && server.kill('SIGTERM'))
    return server
  }
  const ask = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${port + 1}${path}`)).text()
  const workers = async (): Promise<readonly Seen[]> =>
    (JSON.parse(await ask('/workers')) as { workers: Seen[] }).workers
  const register = async (server: ServerProcess, names: readonly string[]): Promise<void> => {
    await server.api('PUT', '/api/v1/tokens/CARD1', {})
    const lines = names.map((identity) => JSON.stringify({ identity, password })).join('\n')
    const type = { 'content-type': 'application/x-ndjson' }
    const answer = await server.api('POST', '/api/v1/imports/charge-points?dryRun=false', lines, type)
    expect(answer.status).toBe(200)
  }

  it(
    'INV-62 INV-63: all are started anew one after another under load: no session lost, no CDR doubled, every station back',
    { timeout: 120_000 },
    async () => {
      const server = await serve(3)
      const url = `${server.url.replace('http', 'ws')}ocpp`
      const fleet = Array.from({ length: 40 }, (_, i) => new ChaosStation(`ROLL-${i}`, url, chance(7, i)))
      await register(
        server,
        fleet.map(({ identity }) => identity),
      )
      const before = await workers()
      const lives = Promise.all(fleet.map((station) => station.live()))
      await until('every station to charge', async () => fleet.every(({ acknowledged }) => acknowledged > 0))
      signal(server.child.pid, 'SIGHUP')
      const after = await until(
        'all workers to be new',
        async () => {
          const now = await workers()
          return now.every(({ pid, name }, i) => pid !== before[i]?.pid && name !== undefined) && now
        },
        60_000,
      )
      expect(after.length).toBe(3)
      const charged = fleet.map(({ charges }) => charges.length)
      await until('every station to charge again', async () =>
        fleet.every(({ charges }, i) => charges.length > (charged[i] ?? 0)),
      )
      for (const station of fleet) station.rest()
      await lives
      const balance = await reconcile({ api: server.api, metrics: () => sumsOf([]) }, fleet)
      expect({ ...balance, complaints: fleet.flatMap(({ faults }) => faults) }).toMatchObject({
        lost: [],
        doubled: [],
        complaints: [],
      })
      expect(server.output()).not.toContain('died')
    },
  )

  it('go down when their supervisor is gone, and leave the port to the next one', { timeout: 60_000 }, async () => {
    const server = await serve(2)
    const pids = (await workers()).map(({ pid }) => pid)
    await server.kill('SIGKILL')
    await until('them to be gone', async () => pids.every((pid) => !signal(pid, 0 as never)))
    const again = await serve(2)
    await register(again, ['CP-1'])
  })

  it('npm run cluster: killing a worker moves its charge points in sight', { timeout: 90_000 }, async () => {
    const shown = await startProcess({
      data,
      port,
      command: 'cluster',
      env: { REDIS_URL: redisUrl, SM_OPS_PORT: String(port + 1), SM_LOG: 'error' },
    })
    undo.push(() => shown.kill('SIGTERM'))
    const lines = (): readonly string[] =>
      [...shown.output().matchAll(/^charge points on worker +(.*)$/gm)].map(([, line = '']) => line)
    const total = (line: string): number =>
      [...line.matchAll(/: (\d+) \(pid/g)].reduce((sum, [, count]) => sum + Number(count), 0)
    await until('the fleet to be there', async () => lines().some((line) => total(line) >= 15), 40_000)
    const pid = Number(/pid (\d+)/.exec(lines().at(-1) ?? '')?.[1])
    signal(pid, 'SIGKILL')
    await until('it to be told', async () => lines().some((l) => !l.includes(`pid ${pid})`) && total(l) >= 12), 30_000)
  })

  it('F-30 D-19: one that is full leaves new sockets to the other, and none is lost', { timeout: 90_000 }, async () => {
    // 400 descriptors: 200 charge points each
    const server = await serve(2, {}, 400)
    const names = Array.from({ length: 390 }, (_, i) => `CP-${i}`)
    await register(server, names)
    const wires: Wire[] = []
    undo.push(() => wires.forEach((wire) => wire.drop()))
    const come = async (identity: string): Promise<void> => {
      for (;;) {
        const wire = await connect({
          url: `${server.url.replace('http', 'ws')}ocpp`,
          identity,
          password,
          protocol: 'ocpp1.6',
          opened: () => {},
          heard: () => {},
          closed: () => {},
        }).catch(() => undefined)
        if (wire !== undefined) return void wires.push(wire)
        await new Promise((go) => setTimeout(go, 100))
      }
    }
    for (const identity of names) await come(identity)
    const held = (await workers()).map(({ sockets = 0 }) => sockets)
    expect(held.reduce((sum, count) => sum + count, 0)).toBe(390)
    expect(Math.max(...held)).toBeLessThanOrEqual(200)
    expect(await ask('/metrics')).toMatch(/ocpp_connections\{worker="1"/)
  })
})
