import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePorts } from '../../bench/free-port.ts'
import { connect, type Wire } from '../../bench/wire.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { type ServerProcess, signal, startProcess } from '../support/process.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { freshData } from '../support/data-directory.ts'
import { everyItem, until } from '../support/server.ts'
import { without } from '../support/tools.ts'

const password = 'a-password-of-the-station'
const sleep = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms))

interface Seated {
  readonly wire: Wire
  /** Sends a CALL; undefined where the socket goes before the answer. */
  ask(action: string, payload: object): Promise<Record<string, unknown> | undefined>
  readonly closed: Promise<number>
}

let serial = 0

/** A station's socket at one node; it answers everything it is asked with what `answer` says. */
const seat = async (node: ServerProcess, identity: string, answer: object = {}): Promise<Seated> => {
  const waiting = new Map<string, (answer: Record<string, unknown> | undefined) => void>()
  const closed = Promise.withResolvers<number>()
  let wire: Wire | undefined
  wire = await connect({
    url: `${node.url.replace('http', 'ws')}ocpp`,
    identity,
    password,
    protocol: 'ocpp1.6',
    opened: () => {},
    heard(text) {
      const [type, id, body] = JSON.parse(text) as [number, string, Record<string, unknown>]
      if (type === 2) return wire?.send(JSON.stringify([3, id, answer]))
      waiting.get(id)?.(body)
      return undefined
    },
    closed(code) {
      for (const give of waiting.values()) give(undefined)
      closed.resolve(code)
    },
  })
  const open = wire
  return {
    wire: open,
    closed: closed.promise,
    ask: (action, payload) =>
      new Promise((give) => {
        const id = `m${++serial}`
        waiting.set(id, give)
        open.send(JSON.stringify([2, id, action, payload]))
      }),
  }
}

/** Servers on one database and one Redis, as on several hosts. */
const lack = without.redis()

describe('nodes of a cluster', () => {
  const folders: string[] = []
  const all: ServerProcess[] = []
  let database: TestDatabase
  let redis: TestRedis
  let port: number
  let env: Readonly<Record<string, string>>
  let here: ServerProcess
  let there: ServerProcess

  const start = async (index: number, more: Readonly<Record<string, string>> = {}): Promise<ServerProcess> => {
    const data = freshData()
    folders.push(data)
    const node = await startProcess({
      data,
      port: port + index,
      env: { ...env, SM_OPS_PORT: String(port + 10 + index), ...more },
    })
    all.push(node)
    return node
  }
  beforeAll(async () => {
    port = await freePorts(20)
    ;[database, redis] = await Promise.all([freshDatabase(), startRedis(port + 19)])
    const { user, password: secret } = database.superuser
    const { host } = database.target as { host: string }
    env = {
      DATABASE_URL: `postgres://${user}:${secret}@localhost/stationmaster?host=${encodeURIComponent(host)}`,
      REDIS_URL: redis.url,
      SM_PEPPER: randomBytes(32).toString('hex'),
      SM_LOG: 'error',
    }
    here = await start(0)
    there = await start(1)
    await here.api('PUT', '/api/v1/tokens/CARD1', {})
    for (let i = 0; i < 10; i++) await here.api('PUT', `/api/v1/charge-points/CP-${i}`, { password })
  })
  afterAll(async () => {
    // one that was left frozen by a failed test would never go
    for (const node of all) signal(node.child.pid, 'SIGCONT')
    const alive = all.filter(({ child }) => child.exitCode === null && child.signalCode === null)
    await Promise.all(alive.map((node) => node.kill('SIGTERM')))
    await redis?.stop()
    await database?.close()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  const asked = (node: ServerProcess, identity: string) =>
    node.api('POST', `/api/v1/charge-points/${identity}/ocpp/ClearCache`, {})
  const alarms = async (identity: string): Promise<readonly string[]> => {
    const rows = await database.admin<{ alarm: string }[]>`
      select data->>'alarm' as alarm from events where type = 'security.alarm' and subject = ${identity}`
    return rows.map(({ alarm }) => alarm)
  }

  it('INV-30: a socket at one node replaces the one at another within a second, and orders reach it from both', async () => {
    const older = await seat(here, 'CP-0', { status: 'Rejected' })
    expect((await asked(there, 'CP-0')).body).toMatchObject({ result: { status: 'Rejected' } })
    const newer = await seat(there, 'CP-0', { status: 'Accepted' })
    const began = performance.now()
    expect(await older.closed).toBe(1008)
    expect(performance.now() - began).toBeLessThan(2_000)
    expect((await asked(here, 'CP-0')).body).toMatchObject({ result: { status: 'Accepted' } })
    expect((await asked(there, 'CP-0')).body).toMatchObject({ result: { status: 'Accepted' } })
    newer.wire.close(1000)
    await newer.closed
  })

  it('F-17 INV-33 INV-40: one identity at two nodes, flapping, with charges from both: told of, and each charge billed once', async () => {
    const began = performance.now()
    let charges = 0
    const live = async (node: ServerProcess, connector: number): Promise<void> => {
      for (let n = 0; performance.now() - began < 8_000;) {
        const socket = await seat(node, 'CP-1').catch(() => undefined)
        if (socket === undefined) continue
        // what was begun is finished, over as many sockets as it takes
        const at = (second: number): string => new Date(Date.UTC(2026, 10, 24, 12, n, second)).toISOString()
        const start = { connectorId: connector, idTag: 'CARD1', meterStart: n * 10, timestamp: at(0) }
        const started = await socket.ask('StartTransaction', start)
        const transactionId = started?.['transactionId']
        if (transactionId === undefined) continue
        const stop = { transactionId, meterStop: n * 10 + 7, timestamp: at(30) }
        if ((await socket.ask('StopTransaction', stop)) === undefined) continue
        n++
        charges++
        await sleep(100)
        socket.wire.drop()
      }
    }
    await Promise.all([live(here, 1), live(there, 2)])
    expect(charges).toBeGreaterThan(2)
    expect(await alarms('CP-1')).toContain('many takeovers')
    const sessions = (
      await everyItem<{ chargePoint: string; state: string; id: string }>(here.api, '/api/v1/sessions')
    ).filter(({ chargePoint, state }) => chargePoint === 'CP-1' && state === 'closed')
    expect(sessions.length).toBeGreaterThanOrEqual(charges)
    await until('their CDRs', async () => {
      const cdrs = await everyItem<{ session: string; version: number }>(here.api, '/api/v1/cdrs')
      const theirs = sessions.map(({ id }) => cdrs.filter((cdr) => cdr.session === id && cdr.version === 0).length)
      return theirs.every((count) => count === 1)
    })
  })

  it(
    'INV-36 F-09: after Redis has forgotten everything, every station is reached again within 30 s, without a new socket',
    { timeout: 60_000 },
    async () => {
      const seated = await Promise.all([
        seat(here, 'CP-2', { status: 'Accepted' }),
        seat(there, 'CP-3', { status: 'Rejected' }),
      ])
      const admin = new Redis(redis.url)
      await admin.flushall()
      admin.disconnect()
      const began = performance.now()
      await until(
        'both to be reached from the other node',
        async () => {
          const [first, second] = await Promise.all([asked(there, 'CP-2'), asked(here, 'CP-3')])
          return first.status === 200 && second.status === 200
        },
        32_000,
      )
      expect(performance.now() - began).toBeLessThan(31_000)
      // and no order went to the wrong one
      expect((await asked(there, 'CP-2')).body).toMatchObject({ result: { status: 'Accepted' } })
      expect((await asked(here, 'CP-3')).body).toMatchObject({ result: { status: 'Rejected' } })
      for (const { wire } of seated) wire.close(1000)
    },
  )

  it(
    'INV-35 F-04: a node that wakes after 12 s still believing has no say about who has moved, and closes the socket',
    { timeout: 60_000 },
    async () => {
      const third = await start(2, { SM_PING_S: '5' })
      const old = await seat(third, 'CP-4')
      const status = (value: string) => ({ connectorId: 1, errorCode: 'NoError', status: value })
      await old.ask('StatusNotification', status('Available'))
      signal(third.child.pid, 'SIGSTOP')
      // written before it fell asleep, heard when it wakes
      void old.ask('StatusNotification', status('Faulted'))
      await sleep(6_000)
      const moved = await seat(here, 'CP-4', { status: 'Accepted' })
      await moved.ask('StatusNotification', status('Charging'))
      await sleep(6_000)
      signal(third.child.pid, 'SIGCONT')
      // replaced, or silent for too long: whichever it notices first
      expect([1008, 1001]).toContain(await old.closed)
      await sleep(500)
      const { body } = await there.api('GET', '/api/v1/charge-points/CP-4')
      expect(body).toMatchObject({ online: true, evses: [{ connectors: [{ status: 'charging' }] }] })
      expect((await asked(there, 'CP-4')).body).toMatchObject({ result: { status: 'Accepted' } })
      moved.wire.close(1000)
      await third.kill('SIGTERM')
    },
  )

  it(
    'INV-48 F-04: an order for a station of a frozen node is not delivered, and not carried out when it wakes',
    { timeout: 60_000 },
    async () => {
      const frozen = await start(3)
      const station = await seat(frozen, 'CP-5', { status: 'Accepted' })
      signal(frozen.child.pid, 'SIGSTOP')
      const ordered = await here.api('POST', '/api/v1/charge-points/CP-5/commands?wait=10', { type: 'clearCache' })
      expect(ordered.body).toMatchObject({ state: 'done', outcome: 'notDelivered' })
      signal(frozen.child.pid, 'SIGCONT')
      await sleep(2_000)
      const { body } = await here.api('GET', `/api/v1/commands/${(ordered.body as { id: string }).id}`)
      expect(body).toMatchObject({ state: 'done', outcome: 'notDelivered' })
      station.wire.close(1000)
      await frozen.kill('SIGTERM')
    },
  )

  it('SM_ROLES: sockets, API and jobs in three processes do together what one does', { timeout: 60_000 }, async () => {
    const doors = await start(4, { SM_ROLES: 'sockets' })
    const api = await start(5, { SM_ROLES: 'api' })
    await Promise.all([here, there].map((node) => node.kill('SIGTERM')))
    // nobody has a door here: its port of operations says that it is ready
    const data = freshData()
    folders.push(data)
    const opsPort = port + 16
    all.push(
      await startProcess({
        data,
        port: port + 6,
        env: { ...env, SM_ROLES: 'jobs', SM_OPS_PORT: String(opsPort) },
        readyAt: `http://127.0.0.1:${opsPort}/readyz`,
      }),
    )
    expect((await fetch(`${api.url}ocpp/CP-6`)).status).toBeGreaterThanOrEqual(400)
    const station = await seat(doors, 'CP-6', { status: 'Accepted' })
    const start6 = { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp: '2026-11-24T12:00:00Z' }
    const started = await station.ask('StartTransaction', start6)
    await station.ask('StopTransaction', {
      transactionId: started?.['transactionId'],
      meterStop: 7,
      timestamp: '2026-11-24T12:30:00Z',
    })
    expect((await asked(api, 'CP-6')).body).toMatchObject({ result: { status: 'Accepted' } })
    await until('the CDR', async () => {
      const cdrs = await everyItem<{ chargePoint: string }>(api.api, '/api/v1/cdrs')
      return cdrs.some(({ chargePoint }) => chargePoint === 'CP-6')
    })
    station.wire.close(1000)
  })

  // the stand-in in JavaScript knows no limit of memory
  it.skipIf(lack !== undefined)(
    'F-12 INV-44: with a Redis that has no room jobs wait in the outbox, and become CDRs when it has',
    { timeout: 90_000 },
    async () => {
      const node = await start(8)
      const station = await seat(node, 'CP-8')
      const admin = new Redis(redis.url)
      await admin.config('SET', 'maxmemory', '1')
      const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 13, minute)).toISOString()
      const start8 = { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp: at(0) }
      const started = await station.ask('StartTransaction', start8)
      const transactionId = started?.['transactionId']
      await station.ask('StopTransaction', { transactionId, meterStop: 7, timestamp: at(9) })
      await sleep(1_500)
      const cdrs = async (): Promise<number> => {
        const all = await everyItem<{ chargePoint: string }>(node.api, '/api/v1/cdrs')
        return all.filter(({ chargePoint }) => chargePoint === 'CP-8').length
      }
      expect(await cdrs()).toBe(0)
      expect((await database.admin`select 1 from outbox`).length).toBe(1)
      await admin.config('SET', 'maxmemory', '0')
      admin.disconnect()
      await until('the CDR', async () => (await cdrs()) === 1, 60_000)
      await until('its seal', async () => (await database.admin`select 1 from outbox`).length === 0, 60_000)
      station.wire.close(1000)
      await node.kill('SIGTERM')
    },
  )

  it(
    'INV-37 F-10 F-13: without Redis a node serves its stations, and says at once that an order goes nowhere',
    { timeout: 60_000 },
    async () => {
      const node = await start(7)
      const station = await seat(node, 'CP-7')
      await redis.stop()
      const start7 = { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp: '2026-11-24T12:00:00Z' }
      expect(await station.ask('StartTransaction', start7)).toMatchObject({ idTagInfo: { status: 'Accepted' } })
      expect(await station.ask('Heartbeat', {})).toMatchObject({ currentTime: expect.any(String) })
      const began = performance.now()
      const ordered = await node.api('POST', '/api/v1/charge-points/CP-7/commands?wait=10', { type: 'clearCache' })
      expect(ordered.body).toMatchObject({ state: 'done', outcome: 'notDelivered' })
      expect(performance.now() - began).toBeLessThan(8_000)
      expect((await node.api('GET', '/readyz')).body).toMatchObject({ ready: true })
      // a new socket is let in as well
      station.wire.drop()
      const again = await seat(node, 'CP-7')
      expect(await again.ask('Heartbeat', {})).toMatchObject({ currentTime: expect.any(String) })
      redis = await startRedis(port + 19)
      await until('it to be reached again', async () => (await asked(node, 'CP-7')).status === 200, 35_000)
      again.wire.close(1000)
    },
  )
})
