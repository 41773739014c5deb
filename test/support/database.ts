import { rmSync } from 'node:fs'
import postgres from 'postgres'
import { type Embedded, startEmbedded } from '../../adapters/embedded/postgres.ts'
import type { Sql, Target } from '../../adapters/postgres/connect.ts'
import { prepare } from '../../adapters/postgres/migrate.ts'
import { createDigest } from '../../adapters/digest.ts'
import { postgresStore } from '../../adapters/postgres/store/index.ts'
import { preparedData } from './data-directory.ts'

export interface TestDatabase {
  readonly ingest: Sql
  readonly app: Sql
  /** As superuser: to look at everything, and to do what no role of ours may. */
  readonly admin: postgres.Sql
  readonly target: Target
  readonly superuser: { readonly user: string; readonly password: string }
  /** Registers charge points `CP-0` … with their counters, and a tenant where it is not the default one. */
  register(count: number, tenant?: string, firstTransaction?: number): Promise<void>
  close(): Promise<void>
}

export const passwordOf = (role: string): string => Buffer.from(`test ${role}`).toString('hex')
export const testDigest = createDigest(new Uint8Array(32))

/** A database of its own on a real PostgreSQL, migrated, with the run-time roles. */
export const freshDatabase = async (): Promise<TestDatabase> => {
  const data = await preparedData()
  const embedded: Embedded = await startEmbedded({ data, say: () => {} })
  const target: Target = { host: embedded.host, port: embedded.port, database: embedded.database }
  const prepared = await prepare({ admin: { target, ...embedded.superuser }, passwordOf })
  const admin = postgres({
    host: embedded.host,
    port: embedded.port,
    path: `${embedded.host}/.s.PGSQL.${embedded.port}`,
    database: embedded.database,
    username: embedded.superuser.user,
    password: embedded.superuser.password,
    onnotice: () => {},
  })
  return {
    ingest: prepared.ingest,
    app: prepared.app,
    admin,
    target,
    superuser: embedded.superuser,
    async register(count, tenant = 'default', firstTransaction = 1_000_001) {
      await admin`insert into tenants (tenant, name) values (${tenant}, ${tenant}) on conflict do nothing`
      const store = postgresStore(prepared.app, prepared.ingest)
      await store.chargePoints.put(
        tenant,
        Array.from({ length: count }, (_, i) => ({ identity: `CP-${i}`, firstTransaction })),
        Date.now(),
      )
    },
    async close() {
      await admin.end({ timeout: 1 })
      await prepared.close()
      await embedded.stop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}
