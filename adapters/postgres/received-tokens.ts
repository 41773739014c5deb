import { canonical } from '../../core/domain/canonical.ts'
import { parseInstant } from '../../core/domain/instant.ts'
import { type OfPartner, type Token, tokenKey } from '../../core/domain/token.ts'
import type { ObjectRef, ReceivedObject } from '../../core/ports/roaming.ts'
import type { ReceivedTokens, ToldToken } from '../../core/ports/roaming-tokens.ts'
import type { Json } from '../../core/roaming/field.ts'
import type { Token as TokenObject } from '../../core/roaming/model.ts'
import { tokenFrom } from '../../core/roaming/token-from.ts'
import type { Sql, Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import {
  columns as receivedColumns,
  nameOf as nameOfReceived,
  objectOf as receivedOf,
  receivedObjects,
  type Row as ReceivedRow,
} from './received-objects.ts'
import { safeJson } from './safe-json.ts'
import { asTenant } from './tenant.ts'

interface Told {
  readonly partner: string
  readonly at: number
}

/** Tokens of partners, and what stations may present of them, under row-level security. */
export const receivedTokens = (app: Sql): ReceivedTokens => ({
  find: (ref, partner) => receivedObjects(app).find(ref, partner),

  change: (tenant, told, tokens) =>
    asTenant(app, tenant, async (tx) => {
      const names = tokens.map(({ ref }) => nameOfReceived(ref))
      await lock(tx, names)
      const now = await thereNow(
        tx,
        tenant,
        tokens.map(({ ref }) => ref),
      )
      const changed = new Map<string, Kept>()
      const answers = tokens.map((token, i) => {
        const name = names[i] ?? ''
        const answer = decided(token, now.get(name), told)
        if (typeof answer === 'string' || answer === now.get(name)) return answer
        now.set(name, answer)
        changed.set(name, { object: answer, goodUntil: token.goodUntil })
        return answer
      })
      if (changed.size > 0) await write(tx, tenant, [...changed.values()], told)
      return answers
    }),
})

/** What has changed. */
interface Kept {
  readonly object: ReceivedObject
  readonly goodUntil: number | undefined
}

/** The very same where nothing about it is new. */
const decided = (
  { ref, decide, goodUntil }: ToldToken,
  had: ReceivedObject | undefined,
  { partner, at }: Told,
): ReceivedObject | 'stale' | 'unknown' => {
  const body = decide(had)
  if (body === 'stale' || body === 'unknown') return body
  if (body === 'removed') return had === undefined ? 'unknown' : { ...had, partner, receivedAt: at, isRemoved: true }
  const isSame = goodUntil === undefined && had !== undefined && !had.isRemoved && had.partner === partner
  if (isSame && canonical(had.body) === canonical(body)) return had
  const said = typeof body['last_updated'] === 'string' ? parseInstant(body['last_updated'])?.ms : undefined
  return { ...ref, partner, lastUpdated: said ?? at, receivedAt: at, isRemoved: false, body }
}

/** In one order whoever does it: so nobody waits for anybody in a circle. */
const lock = (tx: Transaction, names: readonly string[]): PromiseLike<unknown> =>
  tx`select pg_advisory_xact_lock(hashtext('stationmaster.received'), n.hash)
    from (select distinct hashtext(name) as hash from unnest(${[...names]}::text[]) as w(name) order by 1) n`

const thereNow = async (
  tx: Transaction,
  tenant: string,
  refs: readonly ObjectRef[],
): Promise<Map<string, ReceivedObject>> => {
  const rows = await tx<ReceivedRow[]>`select ${tx.unsafe(receivedColumns)} from roaming_received o
    join unnest(${refs.map(({ owner }) => owner.country.toUpperCase())}::text[], ${refs.map(({ owner }) => owner.party.toUpperCase())}::text[],
      ${refs.map(({ id }) => id.toLowerCase())}::text[]) as w(country, party, key)
      on o.tenant = ${tenant} and o.module = 'tokens' and o.country_code = w.country and o.party_id = w.party and o.key = w.key`
  return new Map(rows.map((row) => [nameOfReceived(refOf(row)), receivedOf(row)]))
}

const refOf = ({ tenant, module, country_code, party_id, id }: ReceivedRow): ObjectRef => ({
  tenant,
  module,
  owner: { country: country_code, party: party_id },
  id,
})

const write = async (tx: Transaction, tenant: string, kept: readonly Kept[], { at }: Told): Promise<void> => {
  const objects = kept.map(({ object }) => object)
  await tx`insert into roaming_received (tenant, module, country_code, party_id, id, partner, last_updated, received_at, is_removed, body)
    select ${tenant}, 'tokens', w.country, w.party, w.id, w.partner, at_ms(w.updated), at_ms(w.received), w.removed::boolean, w.body::jsonb
    from unnest(${objects.map((o) => o.owner.country.toUpperCase())}::text[], ${objects.map((o) => o.owner.party.toUpperCase())}::text[],
      ${objects.map((o) => o.id)}::text[], ${objects.map((o) => o.partner)}::text[], ${objects.map((o) => o.lastUpdated)}::bigint[],
      ${objects.map((o) => o.receivedAt)}::bigint[], ${objects.map((o) => String(o.isRemoved))}::text[], ${objects.map((o) => safeJson(o.body))}::text[])
      as w(country, party, id, partner, updated, received, removed, body)
    on conflict (tenant, module, country_code, party_id, key) do update set partner = excluded.partner,
      last_updated = excluded.last_updated, received_at = excluded.received_at, is_removed = excluded.is_removed, body = excluded.body`
  const presented = kept.map(presentedAs)
  await writeTokens(tx, tenant, presented)
  await insertEvents(
    tx,
    presented.map(({ uid }) => ({ tenant, type: 'token.changed' as const, subject: uid, at, data: { token: uid } })),
  )
}

/** A station that is offline later is not to rely on what one command said. */
const passingCacheS = 60

type OfTheirs = Token & { readonly roaming: OfPartner }

/** What the hot path has of it; one that is no more is there to be refused. */
const presentedAs = ({ object: { partner, body, isRemoved }, goodUntil }: Kept): OfTheirs => {
  // what is kept here was taken from the wire as a token
  const object = body as Json & TokenObject
  const { object: token } = tokenFrom(object)
  return {
    ...token,
    uid: token.uid.trim(),
    ...(goodUntil !== undefined && { expiresAt: goodUntil, cacheS: token.cacheS ?? passingCacheS }),
    ...(isRemoved && { status: 'Blocked' as const }),
    roaming: { partner, whitelist: isRemoved ? 'ALWAYS' : object.whitelist, type: object.type },
  }
}

const writeTokens = async (tx: Transaction, tenant: string, all: readonly OfTheirs[]): Promise<void> => {
  // two of their types may be one of ours: what was told last counts
  const t = [...new Map(all.map((token) => [`${token.issuer}/${token.type}/${tokenKey(token.uid)}`, token])).values()]
  await tx`insert into tokens (tenant, issuer, type, uid, status, group_id, contract, cache_s, expires_at, partner, whitelist, partner_type)
    select ${tenant}, w.issuer, w.type, w.uid, w.status, w.group_id, w.contract, w.cache_s, at_ms(w.expires), w.partner, w.whitelist, w.partner_type from unnest(${t.map(({ issuer }) => issuer)}::text[], ${t.map(({ type }) => type)}::text[], ${t.map(({ uid }) => uid)}::text[],
      ${t.map(({ status }) => status)}::text[], ${t.map(({ groupId }) => groupId ?? null)}::text[], ${t.map(({ contract }) => contract ?? null)}::text[],
      ${t.map(({ cacheS }) => cacheS ?? null)}::int[], ${t.map(({ expiresAt }) => expiresAt ?? null)}::bigint[],
      ${t.map(({ roaming }) => roaming.partner)}::text[],
      ${t.map(({ roaming }) => roaming.whitelist)}::text[], ${t.map(({ roaming }) => roaming.type)}::text[])
      as w(issuer, type, uid, status, group_id, contract, cache_s, expires, partner, whitelist, partner_type)
    on conflict (tenant, issuer, type, key) do update set uid = excluded.uid, status = excluded.status, group_id = excluded.group_id,
      contract = excluded.contract, cache_s = excluded.cache_s, expires_at = excluded.expires_at, partner = excluded.partner, whitelist = excluded.whitelist,
      partner_type = excluded.partner_type`
}
