import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { connect, createServer, type Server as Listener } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Environment, readConfig } from '../../adapters/config.ts'
import { doctor, type DoctorParts } from '../../adapters/doctor.ts'
import { lookAtEmbedded } from '../../adapters/embedded/look.ts'
import { type Embedded, startEmbedded } from '../../adapters/embedded/postgres.ts'
import { freePort, runtimeCommand } from '../support/process.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { freshData } from '../support/data-directory.ts'

let data: string

/** Its exit code, and what it says about one thing. */
const look = async (
  what: string,
  env: Environment = {},
  parts: DoctorParts = {},
): Promise<{ readonly code: number; readonly line: string }> => {
  const lines: string[] = []
  const config = readConfig({ SM_PORT: '0', SM_OPS_PORT: '0', SM_DATA: data, ...env })
  const code = await doctor(config, (line) => void lines.push(line), parts)
  return { code, line: lines.filter((line) => line.slice(6, 22).trim() === what).join('\n') }
}

beforeAll(() => {
  data = freshData()
})
afterAll(() => rmSync(data, { recursive: true, force: true }))

describe('the doctor', () => {
  it('finds nothing wrong on a machine like this, one line a check', async () => {
    const lines: string[] = []
    const config = readConfig({ SM_PORT: '0', SM_DATA: data })
    const code = await doctor(config, (line) => void lines.push(line), { embedded: lookAtEmbedded })
    expect(lines.map((line) => line.slice(6, 22).trim())).toEqual([
      'port',
      'operations port',
      'descriptors',
      'PostgreSQL',
      'clock',
      'disk',
    ])
    expect([code, lines.filter((line) => line.startsWith('fail'))]).toEqual([0, []])
  })

  it('looks at no port for charge points where none will be opened', async () => {
    expect((await look('port', { SM_ROLES: 'jobs' })).line).toBe('')
  })

  it('sees a year that cannot be', async () => {
    const { code, line } = await look('clock', {}, { now: () => 0 })
    expect([code, line]).toEqual([
      1,
      'fail  clock            it is 1970-01-01T00:00:00.000Z: set the clock and run NTP',
    ])
  })

  it('sees a directory that cannot be written', async () => {
    // not even root writes into /proc
    const { code, line } = await look('disk', { SM_DATA: '/proc/self/sm' })
    expect(code).toBe(1)
    expect(line).toMatch(/^fail .*; change its owner, or set another SM_DATA$|^fail .*0\.0 GB free/)
  })

  it('counts the charge points that the descriptor limit allows, as `npm run doctor` does', async () => {
    const [bun = ''] = runtimeCommand('bun') ?? []
    const run = (limit: number): Promise<{ readonly code: unknown; readonly output: string }> =>
      new Promise((resolve) =>
        execFile(
          '/bin/sh',
          ['-c', `ulimit -n ${limit}; exec "$0" adapters/main.ts doctor`, bun],
          { cwd: join(import.meta.dirname, '../..'), env: { ...process.env, SM_PORT: '0', SM_DATA: data } },
          (error, output) => resolve({ code: error?.code ?? 0, output }),
        ),
      )
    const [few, some] = [await run(150), await run(2_000)]
    expect(few).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^fail {2}descriptors .* up to 75 charge points/m),
    })
    expect(some).toMatchObject({ code: 0, output: expect.stringMatching(/^warn {2}descriptors .* up to 1000 charge/m) })
  })
})

describe("the doctor's look at ports", () => {
  let taken: Listener
  let port: number
  beforeAll(async () => {
    port = await freePort()
    taken = createServer()
    await new Promise<void>((resolve) => void taken.listen(port, '127.0.0.1', resolve))
  })
  afterAll(() => void taken.close())

  it('names the setting of the one that is taken', async () => {
    expect(await look('port', { SM_PORT: String(port) })).toEqual({
      code: 1,
      line: `fail  port             127.0.0.1:${port} is in use; stop what listens there, or set another SM_PORT`,
    })
    expect(await look('operations port', { SM_OPS_PORT: String(port) })).toEqual({
      code: 1,
      line: `fail  operations port  127.0.0.1:${port} is in use; stop what listens there, or set another SM_OPS_PORT`,
    })
  })

  it('is content with a free one, and leaves it free', async () => {
    const free = String(await freePort())
    for (let i = 0; i < 2; i++)
      expect(await look('port', { SM_PORT: free })).toEqual({
        code: 0,
        line: `ok    port             127.0.0.1:${free} is free`,
      })
  })

  it('says when the address is not of this machine', async () => {
    const { code, line } = await look('port', { SM_PORT: '1', SM_HOST: '203.0.113.1' })
    expect([code, line]).toEqual([1, expect.stringMatching(/^fail .*cannot listen on 203\.0\.113\.1:1 .*SM_HOST$/)])
  })
})

describe("the doctor's look at PostgreSQL", () => {
  let embedded: Embedded
  let tcp: Listener
  let url: string
  const urlOf = (user: string, password: string): string => {
    const address = tcp.address()
    const port = typeof address === 'object' ? address?.port : undefined
    return `postgres://${user}:${password}@127.0.0.1:${port}/stationmaster`
  }
  beforeAll(async () => {
    embedded = await startEmbedded({ data, say: () => {} })
    // a URL needs a network, and the embedded one listens on none
    tcp = createServer((socket) => {
      const through = connect(join(embedded.host, `.s.PGSQL.${embedded.port}`))
      for (const end of [socket, through]) end.on('error', () => socket.destroy())
      socket.pipe(through).pipe(socket)
    })
    await new Promise<void>((resolve) => void tcp.listen(0, '127.0.0.1', resolve))
    url = urlOf(embedded.superuser.user, embedded.superuser.password)
  })
  afterAll(async () => {
    tcp.close()
    await embedded.stop()
  })

  it('runs the embedded programs and says where the database is', async () => {
    const { code, line } = await look('PostgreSQL', {}, { embedded: lookAtEmbedded })
    expect([code, line]).toEqual([
      0,
      expect.stringMatching(/^ok .* embedded, postgres \(PostgreSQL\) 18\.\d+; the database is in /),
    ])
    expect(line.endsWith(data)).toBe(true)
  })

  it('hands on why the embedded programs cannot run', async () => {
    const { code, line } = await look(
      'PostgreSQL',
      {},
      { embedded: () => Promise.reject(new Error('no such library')) },
    )
    expect([code, line]).toEqual([
      1,
      expect.stringContaining('cannot run: no such library; run npm ci, or set DATABASE_URL'),
    ])
  })

  it('is content with a reachable one of a version that will do', async () => {
    expect(await look('PostgreSQL', { DATABASE_URL: url })).toEqual({
      code: 0,
      line: expect.stringMatching(/^ok .* version 18/),
    })
  })

  it('warns about a user who may not create roles', async () => {
    const admin = postgres(url, { max: 1 })
    await admin`create role plain login password 'plain'`
    await admin.end()
    expect(await look('PostgreSQL', { DATABASE_URL: urlOf('plain', 'plain') })).toEqual({
      code: 0,
      line: expect.stringMatching(/^warn .*may not create roles/),
    })
  })

  it('fails on a wrong password and on nobody there, and repeats no password', async () => {
    const refused = await look('PostgreSQL', { DATABASE_URL: urlOf('sm_admin', 'hidden-word') })
    expect([refused.code, refused.line]).toEqual([1, expect.stringContaining('password authentication failed')])
    const absent = await look('PostgreSQL', {
      DATABASE_URL: `postgres://u:hidden-word@127.0.0.1:${await freePort()}/x`,
    })
    expect([absent.code, absent.line]).toEqual([1, expect.stringContaining('ECONNREFUSED')])
    expect(`${refused.line}${absent.line}`).not.toContain('hidden-word')
  })
})

describe("the doctor's look at Redis", () => {
  let redis: TestRedis
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())

  it('is content with one that evicts nothing, and warns about one that does', async (test) => {
    test.skip(!redis.real, 'the stand-in has no maxmemory-policy')
    expect(await look('Redis', { REDIS_URL: redis.url })).toEqual({
      code: 0,
      line: expect.stringMatching(/^ok .* version \d+\.\S+, maxmemory-policy noeviction$/),
    })
    const client = new Redis(redis.url)
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
    client.disconnect()
    expect(await look('Redis', { REDIS_URL: redis.url })).toEqual({
      code: 0,
      line: expect.stringMatching(/^warn .*allkeys-lru.*set it to noeviction$/),
    })
  })

  it('fails on nobody there, within seconds', async () => {
    const { code, line } = await look('Redis', { REDIS_URL: `redis://127.0.0.1:${await freePort()}` })
    expect([code, line]).toEqual([1, expect.stringMatching(/^fail .*ECONNREFUSED.*check REDIS_URL$/)])
  })
})
