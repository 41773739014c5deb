import { type Token, tokenKey, type TokenStatus, type TokenType } from '../../core/domain/token.ts'
import type { Tokens } from '../../core/ports/tokens.ts'
import { batched } from './batched.ts'
import type { Sql } from './connect.ts'
import { ReadThrough } from './read-through.ts'
import { present } from './rows.ts'

export interface TokenRow {
  readonly issuer: string
  readonly type: TokenType
  readonly uid: string
  readonly status: TokenStatus
  readonly group_id: string | null
  readonly expires_ms: number | null
  readonly contract: string | null
}

export const tokenOf = (row: TokenRow): Token => ({
  uid: row.uid,
  issuer: row.issuer,
  type: row.type,
  status: row.status,
  ...present({ groupId: row.group_id, expiresAt: row.expires_ms, contract: row.contract }),
})

export interface CachedTokens extends Tokens {
  forget(tenant: string, uid: string): void
  forgetAll(): void
}

/** Tokens from memory after the first look; our own issuer (the empty one) sorts before all others. */
export const postgresTokens = (sql: Sql): CachedTokens => {
  const load = batched<string, Token>(async (keys) => {
    const wanted = keys.map((key) => JSON.parse(key) as [string, string])
    const rows = await sql<(TokenRow & { readonly place: number })[]>`
      select distinct on (w.place) w.place::int, t.issuer, t.type, t.uid, t.status, t.group_id, ms(t.expires_at) as expires_ms, t.contract
      from unnest(${wanted.map(([tenant]) => tenant)}::text[], ${wanted.map(([, uid]) => uid)}::text[]) with ordinality as w(tenant, uid, place)
      join tokens t on t.tenant = w.tenant and t.key = w.uid
      order by w.place, t.issuer, t.type`
    const found: (Token | undefined)[] = keys.map(() => undefined)
    for (const row of rows) found[row.place - 1] = tokenOf(row)
    return found
  })
  const cache = new ReadThrough<Token>(load)
  const keyOf = (tenant: string, uid: string): string => JSON.stringify([tenant, tokenKey(uid)])
  return {
    find: (tenant, uid) => cache.find(keyOf(tenant, uid)),
    forget: (tenant, uid) => cache.forget(keyOf(tenant, uid)),
    forgetAll: () => cache.forgetAll(),
  }
}
