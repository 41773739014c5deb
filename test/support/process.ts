import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { apiOf, testKey, type TestServer, until } from './server.ts'

const root = join(import.meta.dirname, '../..')

export type RuntimeName = 'bun' | 'deno' | 'node'

const denoOf = (folder: string): string | undefined =>
  existsSync(folder)
    ? readdirSync(folder)
        .map((name) => join(folder, name, 'deno'))
        .find((file) => existsSync(file))
    : undefined

/** How a runtime starts a program; undefined when it is not on this machine (`.ci/run` installs them in .runtimes). */
export const runtimeCommand = (name: RuntimeName): readonly string[] | undefined => {
  if (name === 'bun') return [join(root, 'node_modules/.bin/bun')]
  if (name === 'deno') {
    const deno = process.env['SM_DENO'] ?? denoOf(join(root, '.runtimes/node_modules/@deno'))
    return deno === undefined ? undefined : [deno, 'run', '-A', '--no-check']
  }
  const node = process.env['SM_NODE24'] ?? join(root, '.runtimes/node_modules/.bin/node')
  return existsSync(node) ? [node] : undefined
}

/** The runtimes found here. Where SM_RUNTIMES=required (CI) a missing one is an error and not a skip. */
export const runtimes = (): readonly RuntimeName[] => {
  const found = (['bun', 'deno', 'node'] as const).filter((name) => runtimeCommand(name) !== undefined)
  if (process.env['SM_RUNTIMES'] === 'required' && found.length < 3)
    throw new Error(`only ${found.join(', ')} found, all three are required here`)
  return found
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

/** Sends a signal; false where there is no such process (any more). */
export const signal = (pid: number | undefined, name: NodeJS.Signals): boolean => {
  try {
    return pid !== undefined && pid > 0 && process.kill(pid, name)
  } catch {
    return false
  }
}

/** The embedded PostgreSQL of a data directory; undefined while none runs. */
export const postmasterOf = (data: string): number | undefined => {
  const place = readFileSync(join(data, 'place'), 'utf8').trim()
  const file = join(place, 'pg/postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined
}

export interface ServerProcess {
  readonly url: string
  readonly child: ChildProcess
  readonly api: TestServer['api']
  output(): string
  kill(signal: NodeJS.Signals): Promise<number | null>
}

interface Options {
  readonly runtime?: RuntimeName
  readonly data: string
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
  readonly command?: string
  /** What says that it is ready; else `/readyz` at its door. */
  readonly readyAt?: string
  /** Where it runs; else this machine. */
  readonly host?: { readonly address: string; readonly prefix: readonly string[] }
}

/** The server as a process of its own, as an operator starts it; ready when it says so. */
export const startProcess = async ({
  runtime = 'bun',
  data,
  port,
  env = {},
  command = 'start',
  readyAt,
  host = { address: '127.0.0.1', prefix: [] },
}: Options): Promise<ServerProcess> => {
  const on = port ?? (await freePort())
  const [program, ...args] = [
    ...host.prefix,
    ...(runtimeCommand(runtime) ?? []),
    join(root, 'adapters/main.ts'),
    command,
  ]
  let output = ''
  const child = spawn(program, args, {
    cwd: root,
    env: {
      ...process.env,
      SM_DATA: data,
      SM_PORT: String(on),
      SM_HOST: host.address,
      SM_OPS_PORT: '0',
      SM_API_KEY: testKey,
      SM_DRAIN_S: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => void child.once('exit', (code) => resolve(code)))
  const url = `http://${host.address}:${on}/`
  await until(
    'the server to be ready',
    async () => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${output}`)
      return fetch(readyAt ?? new URL('/readyz', url)).then(
        (response) => response.ok,
        () => false,
      )
    },
    30_000,
  )
  return {
    url,
    child,
    api: apiOf(url),
    output: () => output,
    kill(signal) {
      child.kill(signal)
      return ended
    },
  }
}

/** Starts the server where it should be refused: its exit code and what it said. */
export const refusedProcess = async (
  data: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly output: string }> => {
  const [program = ''] = runtimeCommand('bun') ?? []
  const child = spawn(program, [join(root, 'adapters/main.ts'), 'start'], {
    cwd: root,
    env: { ...process.env, SM_DATA: data, SM_PORT: '0', SM_OPS_PORT: '0', SM_API_KEY: testKey, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((resolve) => void child.once('close', (code) => resolve({ code, output })))
}
