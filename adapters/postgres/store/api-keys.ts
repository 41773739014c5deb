import type { KeyRole, Places } from '../../../core/domain/access.ts'
import type { ApiKey, ApiKeyStore } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { insertEvents } from '../insert-events.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { isUuid } from './paging.ts'

interface Row {
  readonly id: string
  readonly tenant: string | null
  readonly label: string
  readonly role: KeyRole
  readonly scope: Places | null
  readonly party: string | null
  readonly through: string | null
  readonly created_ms: number
  readonly expires_ms: number | null
  readonly revoked_ms: number | null
}

const columns = `id, tenant, label, role, scope, party, through, ms(created_at) as created_ms, ms(expires_at) as expires_ms, ms(revoked_at) as revoked_ms`

const keyOf = (row: Row): ApiKey => ({
  id: row.id,
  label: row.label,
  role: row.role,
  scope: row.scope ?? 'tenant',
  createdAt: row.created_ms,
  ...present({
    tenant: row.tenant,
    party: row.party,
    through: row.through,
    expiresAt: row.expires_ms,
    revokedAt: row.revoked_ms,
  }),
})

/** Keys of a tenant. A platform key belongs to none and is written by `platform`, the one role that may. */
export const apiKeyStore = (app: Sql, platform: Sql): ApiKeyStore => ({
  async create(key, lookup, { salt, hash }) {
    const insert = (sql: Sql | Parameters<Parameters<typeof asTenant>[2]>[0]): PromiseLike<unknown> =>
      sql`insert into api_keys (id, tenant, label, role, scope, party, through, lookup, salt, hash, created_at, expires_at)
        values (${key.id}, ${key.tenant ?? null}, ${key.label}, ${key.role}, ${key.scope === 'tenant' ? null : JSON.stringify(key.scope)}::text::jsonb, ${key.party ?? null}, ${key.through ?? null}, ${Buffer.from(lookup)}, ${Buffer.from(salt)}, ${Buffer.from(hash)}, at_ms(${key.createdAt}), at_ms(${key.expiresAt ?? null}::bigint))
        on conflict (lookup) do nothing`
    if (key.tenant === undefined) await insert(platform)
    else await asTenant(app, key.tenant, async (tx) => void (await insert(tx)))
  },

  list: (tenant) =>
    asTenant(app, tenant, async (tx) =>
      (await tx<Row[]>`select ${tx.unsafe(columns)} from api_keys order by id`).map(keyOf),
    ),

  revoke: (tenant, id, at) =>
    asTenant(app, tenant, async (tx) => {
      if (!isUuid(id)) return false
      const { count } = await tx`update api_keys set revoked_at = coalesce(revoked_at, at_ms(${at})) where id = ${id}`
      if (count > 0)
        await insertEvents(tx, [{ tenant, type: 'api-key.changed', subject: id, at, data: { apiKey: id } }])
      return count > 0
    }),

  platform: {
    list: async () =>
      (await platform<Row[]>`select ${platform.unsafe(columns)} from api_keys where tenant is null order by id`).map(
        keyOf,
      ),
    async revoke(id, at) {
      if (!isUuid(id)) return false
      const { count } =
        await platform`update api_keys set revoked_at = coalesce(revoked_at, at_ms(${at})) where id = ${id} and tenant is null`
      return count > 0
    },
    async replace(label, lookup, at) {
      await platform`update api_keys set revoked_at = at_ms(${at})
        where tenant is null and label = ${label} and lookup <> ${Buffer.from(lookup)} and revoked_at is null`
    },
  },

  async byLookup(lookup) {
    const [row] = await app<
      (Row & { salt: Buffer; hash: Buffer })[]
    >`select ${app.unsafe(columns)}, salt, hash from api_key_by_lookup(${Buffer.from(lookup)})`
    return row && { ...keyOf(row), verifier: { salt: row.salt, hash: row.hash } }
  },
})
