import postgres from 'postgres'
import { arrayTypes } from './arrays.ts'
import { lasting, type Lasting } from './lasting.ts'

/** Where a database is: a URL, or the Unix socket of the embedded server. */
export type Target =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly database: string }

export interface ConnectOptions {
  readonly target: Target
  readonly user?: string
  readonly password?: string
  readonly max: number
  /** Shown in pg_stat_activity. */
  readonly name: string
  /** For how long nothing may be heard of something that was asked; longer than any statement may take. */
  readonly silentMs?: number
}

export type Sql = postgres.Sql<{ bigint: number }>
export type Pool = Lasting
export type Transaction = postgres.TransactionSql<{ bigint: number }>

/** Opens a pool. `bigint` comes back as a number (ours are safe integers), times as ISO texts in UTC. */
export const connect = ({ target, user, password, max, name, silentMs = 40_000 }: ConnectOptions): Pool => {
  const options = {
    max,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    connect_timeout: 5,
    max_lifetime: null,
    onnotice: () => {},
    connection: { application_name: name, statement_timeout: 30_000, TimeZone: 'UTC' },
    // a transaction pooler (D-14) hands out another server connection each time: no prepared statements across them
    prepare: !('url' in target && /[?&]pgbouncer=true/.test(target.url)),
    fetch_types: false,
    types: {
      ...arrayTypes,
      bigint: { to: 20, from: [20], serialize: (n: number) => String(n), parse: (text: string) => Number(text) },
    },
  }
  if ('url' in target) {
    const socket = socketOf(target.url)
    if (socket === undefined)
      return lasting((closed) => postgres(withoutParameter(target.url), { ...options, onclose: closed }), silentMs)
    const url = new URL(target.url)
    return connect({
      target: socket,
      user: user ?? decodeURIComponent(url.username),
      password: password ?? decodeURIComponent(url.password),
      max,
      name,
      silentMs,
    })
  }
  const { host, port, database } = target
  const path = `${host}/.s.PGSQL.${port}`
  return lasting((closed) => postgres({ ...options, host, port, path, database, onclose: closed }), silentMs)
}

/** The Unix socket that a URL names as libpq does, `?host=/var/run/postgresql`; undefined for a URL over TCP. */
export const socketOf = (
  url: string,
): { readonly host: string; readonly port: number; readonly database: string } | undefined => {
  const parsed = new URL(url)
  const host = parsed.searchParams.get('host')
  if (host === null || !host.startsWith('/')) return undefined
  return {
    host,
    port: Number(parsed.searchParams.get('port') ?? (parsed.port === '' ? '5432' : parsed.port)),
    database: parsed.pathname.slice(1),
  }
}

const withoutParameter = (url: string): string => {
  const parsed = new URL(url)
  parsed.searchParams.delete('pgbouncer')
  return parsed.href
}
