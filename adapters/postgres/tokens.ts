import {
  type Token,
  tokenKey,
  tokenTypes,
  type TokenStatus,
  type TokenType,
  type Whitelist,
} from '../../core/domain/token.ts'
import type { Term } from '../../core/domain/contract.ts'
import type { Tokens } from '../../core/ports/tokens.ts'
import { batched } from './batched.ts'
import type { Sql } from './connect.ts'
import { contractTokens, termsColumn } from './contract-terms.ts'
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
  readonly partner: string | null
  readonly whitelist: Whitelist | null
  readonly partner_type: string | null
  /** Only where they are asked for (`termsColumn`). */
  readonly terms?: readonly Term[] | null
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
    terms: row.terms,
  }),
  ...(row.partner !== null &&
    row.whitelist !== null && {
      roaming: { partner: row.partner, whitelist: row.whitelist, type: row.partner_type ?? 'RFID' },
    }),
})

export interface CachedTokens extends Tokens {
  forget(tenant: string, uid: string): void
  forgetAll(): void
}

/** What is read of a token; `t` is the tokens table. */
export const tokenColumns = `t.issuer, t.type, t.uid, t.status, t.group_id, ms(t.expires_at) as expires_ms, t.contract, t.most_sessions, t.cache_s, t.credit,
  t.partner, t.whitelist, t.partner_type`

/** Tenant, key and type of a token that was presented; any type where it is empty. */
type Wanted = readonly [tenant: string, key: string, type: string]

const registeredTokens = 'tokens t on t.tenant = w.tenant and t.key = w.uid'
const tokensOfContracts = `lateral (${contractTokens('ct.tenant = w.tenant and ct.key = w.uid')}) t on true`

const tagForm = /^[0-9a-f]{16}$/
const tagsLast = '24 hours'

/** Tokens from memory after the first look; our own issuer (the empty one) sorts before all others. */
export const postgresTokens = (sql: Sql): CachedTokens => {
  const look = async (wanted: readonly Wanted[], from: string): Promise<(Token | undefined)[]> => {
    const rows = await sql<(TokenRow & { readonly place: number })[]>`
      select distinct on (w.place) w.place::int, ${sql.unsafe(tokenColumns)}, ${sql.unsafe(termsColumn)}
      from unnest(${wanted.map(([tenant]) => tenant)}::text[], ${wanted.map(([, uid]) => uid)}::text[], ${wanted.map(([, , type]) => type)}::text[]) with ordinality as w(tenant, uid, type, place)
      join ${sql.unsafe(from)} and (w.type in ('', 'APP') or t.type in ('OTHER', w.type))
      order by w.place, t.type = w.type desc, t.issuer, t.type <> 'RFID', t.type`
    const found: (Token | undefined)[] = wanted.map(() => undefined)
    for (const row of rows) found[row.place - 1] = tokenOf(row)
    return found
  }
  const load = batched<string, Token>(async (keys) => {
    const wanted = keys.map((key) => JSON.parse(key) as Wanted)
    const registered = await look(wanted, registeredTokens)
    // one after the other: both in one statement are read from end to end
    const missing = wanted.filter((_, i) => registered[i] === undefined)
    const ofContracts = missing.length === 0 ? [] : await look(missing, tokensOfContracts)
    return registered.map((token) => token ?? ofContracts.shift())
  })
  const cache = new ReadThrough<Token>(load)
  const keyOf = (tenant: string, uid: string, type: TokenType | '' = ''): string =>
    JSON.stringify([tenant, tokenKey(uid), type])
  const known = (tenant: string, uid: string, type?: TokenType): Promise<Token | undefined> =>
    cache.find(keyOf(tenant, uid, type))
  return {
    async find(tenant, uid, at, type) {
      const token = await known(tenant, uid, type)
      if (token !== undefined || !tagForm.test(tokenKey(uid))) return token
      const ordered = await byTag(sql, { tenant, tag: tokenKey(uid), at })
      if (ordered === undefined) return undefined
      const { identity, wanted } = ordered
      const unknown: Token = { uid: wanted, issuer: '', type: 'OTHER', status: 'Invalid' }
      return { ...((await known(tenant, wanted)) ?? unknown), tag: { chargePoint: identity } }
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
 * What a remote start's tag stands for, at the station it was made for, until a session that began with it is over. A tag
 * is good for a day, by the time when it was presented: a start may come from a station's queue days later. Never
 * remembered: it is used once. A token that is not registered is known by its order, and invalid.
 */
const byTag = async (
  sql: Sql,
  { tenant, tag, at }: { readonly tenant: string; readonly tag: string; readonly at: number | undefined },
): Promise<{ readonly identity: string; readonly wanted: string } | undefined> => {
  const [row] = await sql<{ readonly identity: string; readonly wanted: string }[]>`
    select c.identity, c.token as wanted from commands c
    where c.tenant = ${tenant} and c.tag = ${tag} and c.state <> 'cancelled' and c.created_at > least(now(), at_ms(${at ?? null}::bigint)) - ${tagsLast}::interval
      and (c.session is null or exists (select 1 from sessions s where s.id = c.session and s.state = 'open'))
    order by c.id desc limit 1`
  return row
}
