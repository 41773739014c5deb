import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort, refusedProcess, type ServerProcess, startProcess } from '../support/process.ts'
import { preparedData } from '../support/data-directory.ts'
import { until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'

const password = 'a-password-of-the-station'
const start = (i: number) => ({
  connectorId: 1,
  idTag: 'CARD1',
  meterStart: 1000 + i,
  timestamp: '2026-11-24T12:00:00Z',
})

describe('kill -9', () => {
  let data: string
  let port: number
  const running: ServerProcess[] = []

  const serve = async (env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> => {
    const server = await startProcess({ data, port, env })
    running.push(server)
    return server
  }
  const register = async (server: ServerProcess, count: number): Promise<void> => {
    await server.api('PUT', '/api/v1/tokens/CARD1', {})
    await Promise.all(
      Array.from({ length: count }, (_, i) => server.api('PUT', `/api/v1/charge-points/CP-${i}`, { password })),
    )
  }
  const connect = (server: ServerProcess, count: number): Promise<ForeignStation[]> =>
    Promise.all(Array.from({ length: count }, (_, i) => foreignStation(server.url, `CP-${i}`, password)))
  const items = async (server: ServerProcess, path: string): Promise<Record<string, unknown>[]> =>
    (await server.api('GET', path)).body['items']

  beforeEach(async () => {
    data = await preparedData()
    port = await freePort()
  })
  afterEach(async () => {
    for (const server of running.splice(0))
      if (server.child.exitCode === null && server.child.signalCode === null) await server.kill('SIGTERM')
    rmSync(data, { recursive: true, force: true })
  })

  it('INV-41 F-26 R-3: between the commit of the stop and the CDR job leaves exactly one CDR after the restart', async () => {
    // a process without jobs: the stop is committed with its outbox row, and nobody has done the job
    const first = await serve({ SM_ROLES: 'sockets,api' })
    await register(first, 1)
    const [station] = await connect(first, 1)
    const begun = await station?.call('StartTransaction', start(0))
    const transactionId = begun?.['transactionId']
    await station?.call('StopTransaction', { transactionId, meterStop: 5000, timestamp: '2026-11-24T13:00:00Z' })
    await first.kill('SIGKILL')
    const second = await serve()
    await until('the CDR', async () => (await items(second, '/api/v1/cdrs')).length > 0)
    await new Promise((go) => setTimeout(go, 1_000))
    expect(await items(second, '/api/v1/cdrs')).toMatchObject([{ energyWh: 4000, version: 0 }])
    expect(await items(second, '/api/v1/sessions')).toMatchObject([{ state: 'closed' }])
  })

  it("INV-01 F-01: between the frame and its commit, the station's retry gives exactly one session", async () => {
    const first = await serve()
    await register(first, 1)
    const [station] = await connect(first, 1)
    const place = readFileSync(join(data, 'place'), 'utf8').trim()
    const admin = postgres({
      host: join(place, 'run'),
      path: join(place, 'run/.s.PGSQL.5432'),
      port: 5432,
      database: 'stationmaster',
      username: 'sm_admin',
      password: readFileSync(join(data, 'admin-password'), 'utf8'),
      max: 1,
    })
    // nobody can commit a session now: the frame is in, its commit is not
    const blocker = admin.begin(async (tx) => {
      await tx`lock table sessions in access exclusive mode`
      await new Promise((go) => setTimeout(go, 1_500))
    })
    await new Promise((go) => setTimeout(go, 200))
    const unanswered = station?.call('StartTransaction', start(0)).then(
      () => 'answered',
      () => 'lost',
    )
    await new Promise((go) => setTimeout(go, 400))
    await first.kill('SIGKILL')
    expect(await unanswered).toBe('lost')
    await blocker.catch(() => {})
    await admin.end({ timeout: 1 }).catch(() => {})
    const second = await serve()
    const [again] = await connect(second, 1)
    const answers = [await again?.call('StartTransaction', start(0)), await again?.call('StartTransaction', start(0))]
    expect(answers[0]).toEqual(answers[1])
    expect((await items(second, '/api/v1/sessions')).length).toBe(1)
  })

  it('R-1 R-4 INV-01 INV-10: in a burst of starts loses none that was acknowledged, and a resend gives the first answer', async () => {
    const count = 60
    const first = await serve()
    await register(first, count)
    const stations = await connect(first, count)
    const told = new Map<number, number>()
    const calls = stations.map((station, i) =>
      station.call('StartTransaction', start(i)).then(
        ({ transactionId }) => void told.set(i, transactionId as number),
        () => {},
      ),
    )
    await until('some answers', async () => told.size >= 20)
    await first.kill('SIGKILL')
    await Promise.all(calls)
    const second = await serve()
    const again = await connect(second, count)
    const resent = await Promise.all(again.map((station, i) => station.call('StartTransaction', start(i))))
    for (const [i, transactionId] of told)
      expect(resent[i]).toMatchObject({ transactionId, idTagInfo: { status: 'Accepted' } })
    const sessions = await items(second, '/api/v1/sessions?limit=1000')
    expect(sessions.length).toBe(count)
    expect(new Set(sessions.map((s) => s['chargePoint'])).size).toBe(count)
  })

  it('R-18: after it nobody is shown online who is not', async () => {
    const first = await serve()
    await register(first, 3)
    await connect(first, 3)
    await until('them to be online', async () => (await items(first, '/api/v1/charge-points?online=true')).length === 3)
    await first.kill('SIGKILL')
    const second = await serve()
    expect(await items(second, '/api/v1/charge-points?online=true')).toEqual([])
  })

  it('leaves nothing that blocks the next start, and the data are there', async () => {
    const first = await serve()
    await register(first, 1)
    await first.kill('SIGKILL')
    const second = await serve()
    expect((await second.api('GET', '/api/v1/charge-points/CP-0')).status).toBe(200)
    expect(await second.kill('SIGTERM')).toBe(0)
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(data)
  })

  it('a database whose queue has done jobs starts again: the story of rights given on sequences of another owner', async () => {
    const first = await serve()
    await register(first, 1)
    const [station] = await connect(first, 1)
    const session = async (minute: string): Promise<void> => {
      const begun = (await station?.call('StartTransaction', {
        ...start(0),
        timestamp: `2026-11-24T12:${minute}:00Z`,
      })) as { transactionId: number }
      await station?.call('StopTransaction', {
        transactionId: begun.transactionId,
        meterStop: 5000,
        timestamp: '2026-11-24T13:00:00Z',
      })
    }
    await session('00')
    await until('the CDR', async () => (await items(first, '/api/v1/cdrs')).length === 1)
    expect(await first.kill('SIGTERM')).toBe(0)
    const second = await serve()
    expect((await items(second, '/api/v1/cdrs')).length).toBe(1)
  })

  it('of two on the same data the second is refused with one clear line', async () => {
    const first = await serve()
    const { code, output } = await refusedProcess(data)
    expect([code, output.trim()]).toEqual([
      1,
      `SM_DATA ${data} is in use by process ${first.child.pid}; stop it, or set another SM_DATA`,
    ])
  })
})

describe('settings that cannot be', () => {
  it('are refused with a line each, before anything starts', async () => {
    const { code, output } = await refusedProcess('/nonexistent', { SM_WORKERS: '2', SM_PORT: 'abc', REDIS_URL: '' })
    expect(code).toBe(1)
    expect(output.trim().split('\n')).toEqual([
      'SM_PORT: "abc" is not a port (0–65535)',
      'SM_WORKERS > 1 needs REDIS_URL',
    ])
  })
})

describe('Ctrl-C under npm', () => {
  it('INV-62: comes twice, from the terminal and from npm, and still ends everything cleanly', async () => {
    const data = await preparedData()
    const server = await startProcess({ data })
    server.child.kill('SIGINT')
    server.child.kill('SIGINT')
    expect(await new Promise((resolve) => void server.child.once('exit', resolve))).toBe(0)
    expect(server.output()).toContain('stopped')
    rmSync(data, { recursive: true, force: true })
  })
})
