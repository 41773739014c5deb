import {
  type Presented,
  type Token,
  tokenKey,
  tokenTypes,
  type TokenStatus,
  type TokenType,
} from '../../core/domain/token.ts'
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
  readonly most_sessions: number | null
  readonly cache_s: number | null
  readonly credit: string | null
}

export const tokenOf = (row: TokenRow): Token => ({
  uid: row.uid,
  issuer: row.issuer,
  type: row.type,
  status: row.status,
  ...present({
    groupId: row.group_id,
    expiresAt: row.expires_ms,
    contract: row.contract,
    mostSessions: row.most_sessions,
    cacheS: row.cache_s,
    credit: row.credit,
  }),
})

export interface CachedTokens extends Tokens {
  forget(tenant: string, uid: string): void
  forgetAll(): void
}

/** What is read of a token; `t` is the tokens table. */
export const tokenColumns = `t.issuer, t.type, t.uid, t.status, t.group_id, ms(t.expires_at) as expires_ms, t.contract, t.most_sessions, t.cache_s, t.credit`

const tagForm = /^[0-9a-f]{16}$/
const tagsLast = '24 hours'

/** Tokens from memory after the first look; our own issuer (the empty one) sorts before all others. */
export const postgresTokens = (sql: Sql): CachedTokens => {
  const load = batched<string, Token>(async (keys) => {
    const wanted = keys.map((key) => JSON.parse(key) as [string, string, string])
    const rows = await sql<(TokenRow & { readonly place: number })[]>`
      select distinct on (w.place) w.place::int, ${sql.unsafe(tokenColumns)}
      from unnest(${wanted.map(([tenant]) => tenant)}::text[], ${wanted.map(([, uid]) => uid)}::text[], ${wanted.map(([, , type]) => type)}::text[]) with ordinality as w(tenant, uid, type, place)
      join tokens t on t.tenant = w.tenant and t.key = w.uid and (w.type in ('', 'APP') or t.type in ('OTHER', w.type))
      order by w.place, t.type = w.type desc, t.issuer, t.type`
    const found: (Token | undefined)[] = keys.map(() => undefined)
    for (const row of rows) found[row.place - 1] = tokenOf(row)
    return found
  })
  const cache = new ReadThrough<Token>(load)
  const keyOf = (tenant: string, uid: string, type: TokenType | '' = ''): string =>
    JSON.stringify([tenant, tokenKey(uid), type])
  return {
    async find(tenant, uid, at, type) {
      const token = await cache.find(keyOf(tenant, uid, type))
      return token ?? (tagForm.test(tokenKey(uid)) ? byTag(sql, { tenant, tag: tokenKey(uid), at }) : undefined)
    },
    async charging(tenant, uid, asking) {
      const [row] = await sql<{ open: number }[]>`select count(*)::int as open from sessions
        where tenant = ${tenant} and lower(token) = ${tokenKey(uid)} and state = 'open' and auth->>'status' = 'Accepted' and identity <> ${asking}`
      return row?.open ?? 0
    },
    forget: (tenant, uid) => {
      for (const type of ['', ...tokenTypes] as const) cache.forget(keyOf(tenant, uid, type))
    },
    forgetAll: () => cache.forgetAll(),
  }
}

/**
 * The token that a remote start's tag stands for, at the station it was made for, until a session that began with it is
 * over. A tag is good for a day, by the time when it was presented: a start may come from a station's queue days later.
 * Never remembered: it is used once. A token that is not registered is known by its order, and invalid.
 */
const byTag = async (
  sql: Sql,
  { tenant, tag, at }: { readonly tenant: string; readonly tag: string; readonly at: number | undefined },
): Promise<Presented | undefined> => {
  const [row] = await sql<(TokenRow & { readonly identity: string; readonly wanted: string })[]>`
    select c.identity, c.token as wanted, ${sql.unsafe(tokenColumns)} from commands c
    left join tokens t on t.tenant = c.tenant and t.key = lower(c.token)
    where c.tenant = ${tenant} and c.tag = ${tag} and c.state <> 'cancelled' and c.created_at > least(now(), at_ms(${at ?? null}::bigint)) - ${tagsLast}::interval
      and (c.session is null or exists (select 1 from sessions s where s.id = c.session and s.state = 'open'))
    order by c.id desc, t.issuer, t.type limit 1`
  if (row === undefined) return undefined
  const { identity, wanted, ...token } = row
  const found: Token =
    (token.uid as string | null) === null
      ? { uid: wanted, issuer: '', type: 'OTHER', status: 'Invalid' }
      : tokenOf(token)
  return { ...found, tag: { chargePoint: identity } }
}
