import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type Pool, type Sql, type Target } from './connect.ts'

const folder = join(import.meta.dirname, 'migrations')
const lock = 0x736d

export const roles = ['sm_owner', 'sm_ingest', 'sm_app'] as const
export type Role = (typeof roles)[number]

export interface Migration {
  readonly name: string
  readonly checksum: string
  readonly text: string
}

/** The numbered files, in order. */
export const migrations = (from = folder): readonly Migration[] =>
  readdirSync(from)
    .filter((file) => /^\d{4}-.+\.sql$/.test(file))
    .sort()
    .map((name) => {
      const text = readFileSync(join(from, name), 'utf8')
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') }
    })

/** The database was changed in a way that these sources do not know. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused'
}

/**
 * Makes sure of the three run-time roles and their passwords. `admin` must be allowed to create roles, or they must
 * exist with these passwords already; none of them is superuser (D-14).
 */
export const ensureRoles = async (admin: Sql, passwordOf: (role: Role) => string): Promise<void> => {
  await admin.begin(async (sql) => {
    await sql`select pg_advisory_xact_lock(${lock})`
    const known = new Set(
      (await sql`select rolname from pg_roles where rolname = any(${[...roles]}::text[])`).map(
        (row) => row['rolname'] as Role,
      ),
    )
    const [{ able } = { able: false }] = await sql<
      { able: boolean }[]
    >`select rolsuper or rolcreaterole as able from pg_roles where rolname = current_user`
    for (const role of roles) {
      if (!able) {
        if (!known.has(role))
          throw new MigrationRefused(`the database user may not create roles, and there is no role ${role}`)
        continue
      }
      // identifiers and passwords cannot be parameters of DDL; the role is one of ours, the password is hexadecimal
      const verb = known.has(role) ? 'alter' : 'create'
      await sql.unsafe(
        `${verb} role ${role} login nosuperuser nocreatedb nocreaterole nobypassrls password '${hexadecimal(passwordOf(role))}'`,
      )
    }
    const [{ database } = { database: '' }] = await sql<{ database: string }[]>`select current_database() as database`
    if (able) {
      await sql.unsafe(`grant sm_owner to current_user`)
      await sql.unsafe(`grant create, connect on database ${quoted(database)} to sm_owner`)
      await sql.unsafe(`grant connect on database ${quoted(database)} to sm_ingest, sm_app`)
      await sql.unsafe(`grant usage, create on schema public to sm_owner`)
      await sql.unsafe(`revoke create on schema public from public`)
    }
  })
}

/** Runs what has not run yet, forward only, one process at a time. */
export const migrate = async (owner: Sql, files = migrations()): Promise<readonly string[]> =>
  owner.begin(async (sql) => {
    await sql`select pg_advisory_xact_lock(${lock + 1})`
    await sql`create table if not exists migrations (name text primary key, checksum text not null, at timestamptz not null default now())`
    const done = new Map(
      (await sql<{ name: string; checksum: string }[]>`select name, checksum from migrations`).map((row) => [
        row.name,
        row.checksum,
      ]),
    )
    for (const name of done.keys())
      if (!files.some((file) => file.name === name))
        throw new MigrationRefused(
          `this database has run ${name}, which these sources do not know: it belongs to a newer Stationmaster`,
        )
    const ran: string[] = []
    for (const { name, checksum, text } of files) {
      const before = done.get(name)
      if (before === checksum) continue
      if (before !== undefined)
        throw new MigrationRefused(
          `${name} was changed after this database ran it; restore the file and write a new migration`,
        )
      await sql.unsafe(text)
      await sql`insert into migrations (name, checksum) values (${name}, ${checksum})`
      ran.push(name)
    }
    // a table that a migration has brought is closed to whoever is limited, until it says what they may see of it
    if (ran.length > 0 && files.some(({ name }) => name >= '0040')) await sql`select scope_all_tables()`
    return ran
  })

export interface Prepared {
  readonly ingest: Pool
  readonly app: Pool
  readonly ran: readonly string[]
  /** Runs what has come to the sources since, before newer workers do. */
  migrate(): Promise<readonly string[]>
  close(): Promise<void>
}

const prepareSchema = async (
  { admin, passwordOf, asOwner }: Parameters<typeof prepare>[0],
  as: (role: Role) => { target: Target; user: string; password: string },
): Promise<readonly string[]> => {
  const root = connect({ ...admin, max: 1, name: 'stationmaster setup' })
  try {
    await ensureRoles(root, passwordOf)
  } finally {
    await root.end({ timeout: 2 })
  }
  // a migration takes as long as it takes
  const owner = connect({
    ...as('sm_owner'),
    max: 1,
    name: 'stationmaster migrations',
    silentMs: Number.POSITIVE_INFINITY,
  })
  let ran: readonly string[]
  try {
    ran = await migrate(owner)
  } finally {
    await owner.end({ timeout: 2 })
  }
  await asOwner?.(as('sm_owner'))
  return ran
}

/** Roles, schema, and the two run-time pools. `passwordOf` must be the same at every start. */
export const prepare = async (options: {
  readonly admin: { readonly target: Target; readonly user?: string; readonly password?: string }
  readonly passwordOf: (role: Role) => string
  /** A supervisor has done it all: only the pools are opened. */
  readonly isPrepared?: boolean
  readonly asOwner?: (owner: {
    readonly target: Target
    readonly user: string
    readonly password: string
  }) => Promise<void>
}): Promise<Prepared> => {
  const { admin, passwordOf, isPrepared } = options
  const as = (role: Role) => ({ target: inheriting(admin.target), user: role, password: passwordOf(role) })
  const ran = isPrepared === true ? [] : await prepareSchema(options, as)
  const ingest = connect({ ...as('sm_ingest'), max: 6, name: 'stationmaster ingest' })
  const app = connect({ ...as('sm_app'), max: 8, name: 'stationmaster app' })
  const close = async (): Promise<void> =>
    void (await Promise.all([ingest.end({ timeout: 2 }), app.end({ timeout: 2 })]))
  return { ingest, app, ran, migrate: () => prepareSchema(options, as), close }
}

/** The same server for another user: a URL's own user and password give way. */
const inheriting = (target: Target): Target => {
  if (!('url' in target)) return target
  const url = new URL(target.url)
  url.username = ''
  url.password = ''
  return { url: url.href }
}

const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`

const hexadecimal = (password: string): string => {
  if (!/^[0-9a-f]+$/.test(password)) throw new Error('a role password must be hexadecimal')
  return password
}
