import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { compose, type Server } from '../../adapters/compose.ts'
import { type Config, type Environment, readConfig } from '../../adapters/config.ts'
import { createLog } from '../../adapters/log.ts'
import { preparedData } from './data-directory.ts'

export const testKey = 'sm_test_0123456789abcdef0123456789abcdef'

export interface TestServer {
  readonly server: Server
  readonly url: string
  readonly opsUrl: string
  /** A platform key. */
  readonly key: string
  readonly data: string
  readonly log: readonly string[]
  /** A tenant as a row, whatever the API says. Only where the server brought its own database. */
  addTenant(name: string): Promise<void>
  api(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly body: never; readonly headers: Headers }>
  stop(): Promise<void>
}

/** A call to the API of a server, wherever it runs. */
export const apiOf =
  (url: string, key = testKey): TestServer['api'] =>
  async (method, path, body, headers = {}) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text) as never,
    }
  }

/** Every item of a list of the API, page by page. */
export const everyItem = async <Item>(api: TestServer['api'], path: string): Promise<Item[]> => {
  const items: Item[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await api('GET', `${path}?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`)
    const page = body as { readonly items: readonly Item[]; readonly next: string | null }
    items.push(...page.items)
    cursor = page.next
  }
  return items
}

/** A whole server in this process, on real parts and free ports. */
export const startServer = async (environment: Environment = {}, more: Partial<Config> = {}): Promise<TestServer> => {
  const data = environment['SM_DATA'] ?? (await preparedData())
  const lines: string[] = []
  const log = createLog({ level: 'info', format: 'json', write: (line) => void lines.push(line) })
  const server = await compose(
    {
      ...readConfig({
        SM_PORT: '0',
        SM_OPS_PORT: '0',
        SM_API_KEY: testKey,
        SM_DRAIN_S: '0',
        ...environment,
        SM_DATA: data,
      }),
      ...more,
    },
    log,
  )
  const url = server.url?.href ?? ''
  return {
    server,
    url,
    opsUrl: server.opsUrl.href,
    key: environment['SM_API_KEY'] ?? testKey,
    data,
    log: lines,
    addTenant: (name) => insertTenant(server.target, data, name),
    api: apiOf(url, environment['SM_API_KEY'] ?? testKey),
    async stop() {
      await server.stop()
      if (environment['SM_DATA'] === undefined) rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Its own database as superuser, to look at what is really there. */
export const administrator = (target: Server['target'], data: string): postgres.Sql => {
  if ('url' in target) throw new Error('not a database of this server')
  const { host, port, database } = target
  const password = readFileSync(join(data, 'admin-password'), 'utf8').trim()
  const path = `${host}/.s.PGSQL.${port}`
  return postgres({ host, port, path, database, username: 'sm_admin', password, max: 1, onnotice: () => {} })
}

const insertTenant = async (target: Server['target'], data: string, name: string): Promise<void> => {
  const admin = administrator(target, data)
  try {
    await admin`insert into tenants (tenant, name) values (${name}, ${name}) on conflict do nothing`
  } finally {
    await admin.end({ timeout: 1 })
  }
}

/** Asks again until it is so. */
export const until = async <Value>(
  what: string,
  ask: () => Promise<Value | undefined | false>,
  ms = 15_000,
): Promise<Value> => {
  for (const end = performance.now() + ms; performance.now() < end;) {
    const value = await ask()
    if (value !== undefined && value !== false) return value
    await new Promise((go) => setTimeout(go, 50))
  }
  throw new Error(`${what} did not come about within ${ms} ms`)
}
