import type { IdempotencyStore } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { asTenant } from '../tenant.ts'

interface Row {
  readonly fingerprint: string
  readonly status: number | null
  readonly body: unknown
}

export const idempotencyStore = (app: Sql): IdempotencyStore => ({
  claim: (tenant, key, fingerprint) =>
    asTenant(app, tenant, async (tx) => {
      await tx`delete from idempotency where tenant = ${tenant} and key = ${key} and created_at < now() - interval '25 hours'`
      const { count } =
        await tx`insert into idempotency (tenant, key, fingerprint) values (${tenant}, ${key}, ${fingerprint}) on conflict do nothing`
      if (count === 1) return { state: 'new' }
      const [row] = await tx<
        Row[]
      >`select fingerprint, status, body from idempotency where tenant = ${tenant} and key = ${key}`
      if (row !== undefined && row.fingerprint !== fingerprint) return { state: 'otherRequest' }
      return row?.status == null ? { state: 'running' } : { state: 'answered', status: row.status, body: row.body }
    }),

  answer: (tenant, key, status, body) =>
    asTenant(app, tenant, async (tx) => {
      await tx`update idempotency set status = ${status}, body = ${JSON.stringify(body ?? null)}::text::jsonb where tenant = ${tenant} and key = ${key}`
    }),

  release: (tenant, key) =>
    asTenant(app, tenant, async (tx) => {
      await tx`delete from idempotency where tenant = ${tenant} and key = ${key} and status is null`
    }),
})
