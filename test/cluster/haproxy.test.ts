import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePorts } from '../../bench/free-port.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { type ServerProcess, startProcess } from '../support/process.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { freshData } from '../support/data-directory.ts'
import { until } from '../support/server.ts'
import { without } from '../support/tools.ts'

const password = 'a-password-of-the-station'
const stations = 60
const configuration = join(import.meta.dirname, '../../adapters/deploy/haproxy.cfg')

/** An authority, and what it has signed for the proxy and for one charge point. */
const certificates = (folder: string): { readonly ca: string; readonly server: string; cert: string; key: string } => {
  const file = (name: string): string => join(folder, name)
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', [...args], { stdio: 'ignore' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  openssl('req', '-x509', ...key, '-subj', '/CN=authority', '-keyout', file('ca.key'), '-out', file('ca.pem'))
  for (const name of ['localhost', 'CERTIFIED']) {
    const signed = ['-CA', file('ca.pem'), '-CAkey', file('ca.key')]
    openssl(
      'req',
      '-x509',
      ...key,
      ...signed,
      '-subj',
      `/CN=${name}`,
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(name),
    )
  }
  writeFileSync(file('both.pem'), readFileSync(file('localhost')) + readFileSync(file('localhost.key'), 'utf8'))
  return {
    ca: file('ca.pem'),
    server: file('both.pem'),
    cert: readFileSync(file('CERTIFIED'), 'utf8'),
    key: readFileSync(file('CERTIFIED.key'), 'utf8'),
  }
}

interface Given {
  readonly password?: string
  readonly cert?: string
  readonly key?: string
}

/** A socket through the proxy; rejects when it is refused. */
const connect = (url: string, identity: string, { password: secret, cert, key }: Given): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const basic = Buffer.from(`${identity}:${secret}`).toString('base64')
    const socket = new WebSocket(`${url}ocpp/${identity}`, {
      protocols: ['ocpp1.6'],
      ...(secret !== undefined && { headers: { authorization: `Basic ${basic}` } }),
      tls: { rejectUnauthorized: false, ...(cert && { cert }), ...(key && { key }) },
    } as unknown as string[])
    socket.addEventListener('open', () => resolve(socket))
    socket.addEventListener('close', () => reject(new Error('refused')))
  })

const lack = without.haproxy() ?? without.redis()

describe.skipIf(lack !== undefined)(
  `three nodes behind the HAProxy of the deploy kit${lack ? ` (${lack})` : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'sm-haproxy-'))
    const nodes: ServerProcess[] = []
    const data: string[] = []
    const sockets = new Map<string, WebSocket>()
    let leaving = false
    let database: TestDatabase
    let redis: TestRedis
    let proxy: ChildProcess
    let url: string
    let made: ReturnType<typeof certificates>

    beforeAll(async () => {
      ;[database, redis] = await Promise.all([freshDatabase(), startRedis()])
      const { user, password: secret } = database.superuser
      const { host } = database.target as { host: string }
      const port = await freePorts(7)
      const env = {
        DATABASE_URL: `postgres://${user}:${secret}@localhost/stationmaster?host=${encodeURIComponent(host)}`,
        REDIS_URL: redis.url,
        SM_PEPPER: randomBytes(32).toString('hex'),
        SM_TRUSTED_PROXIES: '127.0.0.1',
        SM_LOG: 'error',
      }
      for (let i = 1; i <= 3; i++) {
        const own = freshData()
        data.push(own)
        const ops = String(port + 3 + i)
        nodes.push(await startProcess({ data: own, port: port + i, env: { ...env, SM_OPS_PORT: ops } }))
      }
      made = certificates(folder)
      const settings = { SM_LISTEN: `127.0.0.1:${port}`, SM_CERT: made.server, SM_CA: made.ca }
      const names = {
        SM_NODE_1: `127.0.0.1:${port + 1}`,
        SM_NODE_2: `127.0.0.1:${port + 2}`,
        SM_NODE_3: `127.0.0.1:${port + 3}`,
      }
      proxy = spawn('haproxy', ['-db', '-q', '-f', configuration], {
        env: { ...process.env, ...settings, ...names },
        stdio: 'ignore',
      })
      url = `wss://127.0.0.1:${port}/`
      const { api } = nodes[0] as ServerProcess
      for (let i = 0; i < stations; i++) await api('PUT', `/api/v1/charge-points/CP-${i}`, { password })
      await api('PUT', '/api/v1/charge-points/CERTIFIED', { password, securityProfile: 3 })
      await until('HAProxy to see the nodes', () =>
        fetch(`https://127.0.0.1:${port}/readyz`, { tls: { rejectUnauthorized: false } } as RequestInit).then(
          (r) => r.ok,
          () => false,
        ),
      )
    })
    afterAll(async () => {
      leaving = true
      for (const socket of sockets.values()) socket.close()
      proxy?.kill('SIGTERM')
      for (const node of nodes) await node.kill('SIGTERM')
      await redis?.stop()
      await database?.close()
      for (const own of [folder, ...data]) rmSync(own, { recursive: true, force: true })
    })

    /** As a station does: it comes back until it is let in. */
    const stay = async (identity: string): Promise<void> => {
      for (;;) {
        const socket = await connect(url, identity, { password }).catch(() => undefined)
        if (leaving) return socket?.close()
        if (socket !== undefined) {
          sockets.set(identity, socket)
          socket.addEventListener('close', () => leaving || void stay(identity))
          return
        }
        await new Promise((go) => setTimeout(go, 200))
      }
    }
    const places = async (): Promise<Map<string, string>> => {
      const rows = await database.admin<{ identity: string; worker: string; epoch: number }[]>`
      select c.identity, c.worker, c.epoch from connections c where c.identity like 'CP-%' and c.closed_at is null`
      return new Map(rows.map(({ identity, worker, epoch }) => [identity, `${worker} ${epoch}`]))
    }
    const workerOf = (place: string | undefined): string => place?.split(' ')[0] ?? ''

    it('is a configuration that HAProxy accepts without a warning', () => {
      const names = {
        SM_LISTEN: ':1',
        SM_CERT: made.server,
        SM_CA: made.ca,
        SM_NODE_1: ':1',
        SM_NODE_2: ':2',
        SM_NODE_3: ':3',
      }
      const checked = spawnSync('haproxy', ['-c', '-f', configuration], {
        env: { ...process.env, ...names },
        encoding: 'utf8',
      })
      expect([checked.status, `${checked.stdout}${checked.stderr}`.trim()]).toEqual([0, 'Configuration file is valid'])
    })

    it('BI-17 S-11: a client certificate reaches the node, and one that a station writes itself does not', async () => {
      const { cert, key } = made
      const socket = await connect(url, 'CERTIFIED', { cert, key })
      socket.close()
      await expect(connect(url, 'CERTIFIED', {})).rejects.toThrow('refused')
      await expect(connect(url, 'CERTIFIED', { password })).rejects.toThrow('refused')
    })

    it('INV-30 F-01: each charge point has its node; when one is killed exactly its charge points move', async () => {
      await Promise.all(Array.from({ length: stations }, (_, i) => stay(`CP-${i}`)))
      // a node that HAProxy thought away while it started gets its share when its stations come the next time
      const before = await until('all to be there, on all three', async () => {
        const now = await places()
        if (now.size < stations) return false
        if (new Set([...now.values()].map(workerOf)).size === 3) return now
        for (const socket of sockets.values()) socket.close()
        await new Promise((go) => setTimeout(go, 2_000))
        return false
      })

      // the same path leads to the same node again
      for (const socket of sockets.values()) socket.close()
      const again = await until('all to be back', async () => {
        const now = await places()
        return now.size === stations && [...now].every(([id, place]) => place !== before.get(id)) && now
      })
      for (const [id, place] of again) expect(workerOf(place), id).toBe(workerOf(before.get(id)))

      const [victim] = nodes
      const { body } = await (victim as ServerProcess).api('GET', '/readyz')
      expect(body).toMatchObject({ ready: true })
      const killed = await workerAt(victim as ServerProcess)
      await victim?.kill('SIGKILL')
      const moved = await until('its charge points to be elsewhere', async () => {
        const now = await places()
        return now.size === stations && [...now.values()].every((place) => workerOf(place) !== killed) && now
      })
      const [theirs, others] = [
        [...again].filter(([, place]) => workerOf(place) === killed),
        [...again].filter(([, place]) => workerOf(place) !== killed),
      ]
      expect(theirs.length).toBeGreaterThan(0)
      for (const [id, place] of others) expect(moved.get(id), id).toBe(place)
    })

    /** The name of the worker at this node, as its port of operations has it. */
    const workerAt = async (node: ServerProcess): Promise<string> => {
      const port = Number(new URL(node.url).port) + 3
      const { workers } = (await (await fetch(`http://127.0.0.1:${port}/workers`)).json()) as {
        workers: { name: string }[]
      }
      return workers[0]?.name ?? ''
    }
  },
)
