import { type Token, tokenKey, type TokenType, type Whitelist } from '../../core/domain/token.ts'
import type { OwnTokens } from '../../core/ports/roaming-tokens.ts'
import type { OwnToken } from '../../core/roaming/own-token.ts'
import type { Sql, Transaction } from './connect.ts'
import { termsColumn } from './contract-terms.ts'
import { asTenant } from './tenant.ts'
import { tokenOf, type TokenRow } from './tokens.ts'

interface Row extends TokenRow {
  readonly key: string
  readonly country: string
  readonly party: string
  readonly issued_by: string
  readonly said_whitelist: Whitelist
}

/**
 * Tokens of contracts with EMPs of ours, by their keys (`tokenKey`), whatever they were or will be: the latest contract that
 * has begun says whose they are. What is registered of a token counts before what its contract says. `names`: also the
 * EVCO IDs of contracts.
 */
export const ownTokensOf = async (
  tx: Transaction,
  tenant: string,
  keys: readonly string[],
  { names }: { readonly names: boolean },
): Promise<ReadonlyMap<string, readonly OwnToken[]>> => {
  const rows = await tx<
    Row[]
  >`select distinct on (ct.key, coalesce(r.type, ct.type)) ct.key, ct.issuer, coalesce(r.type, ct.type) as type,
      coalesce(r.uid, ct.uid) as uid, coalesce(r.status, 'Accepted') as status, r.group_id, ms(r.expires_at) as expires_ms, r.contract,
      r.most_sessions, r.cache_s, r.credit, null as partner, null as whitelist, null as partner_type,
      ${tx.unsafe(termsColumn)},
      p.country_code as country, p.party_id as party, coalesce(p.legal_name, p.name) as issued_by, c.whitelist as said_whitelist
    from contract_tokens ct
    join contracts c on c.tenant = ct.tenant and c.id = ct.contract
    join parties p on p.tenant = c.tenant and p.is_ours and p.country_code is not null and (p.id = c.emp or p.country_code || '*' || p.party_id = c.emp)
    cross join lateral (select ct.tenant, ct.key, ct.issuer) t
    left join tokens r on r.tenant = ct.tenant and r.issuer = ct.issuer and r.key = ct.key and r.partner is null
    where ct.tenant = ${tenant} and ct.key = any(${[...keys]}::text[]) and ct.issuer = '' and (${names} or not ct.is_name)
    order by ct.key, coalesce(r.type, ct.type), ct.from_at <= now() desc, ct.from_at desc`
  return Map.groupBy(rows.map(ownOf), ({ token }) => tokenKey(token.uid))
}

const ownOf = ({ country, party, issued_by, said_whitelist, ...row }: Row): OwnToken => ({
  token: tokenOf(row),
  code: { country, party },
  issuer: issued_by,
  whitelist: said_whitelist,
})

/** For partners that ask about tokens, under row-level security. */
export const ownTokens = (app: Sql): OwnTokens => ({
  find: (tenant, uid, type) =>
    asTenant(app, tenant, async (tx) => {
      const key = tokenKey(uid)
      const found = (await ownTokensOf(tx, tenant, [key], { names: true })).get(key) ?? []
      return found.find(({ token }) => isOfType(token, type))
    }),

  ofContract: (tenant, contract) =>
    asTenant(app, tenant, async (tx) => {
      const [latest] = await tx<{ key: string }[]>`select t.key from contract_tokens t
        where t.tenant = ${tenant} and t.issuer = '' and t.contract in (
          select c.id from contracts c where c.tenant = ${tenant} and c.id = ${contract}
          union select n.contract from contract_tokens n where n.tenant = ${tenant} and n.key = ${tokenKey(contract)} and n.is_name)
        order by t.is_name, t.from_at <= now() desc, t.until_at is null desc, t.from_at desc limit 1`
      if (latest === undefined) return undefined
      return (await ownTokensOf(tx, tenant, [latest.key], { names: true })).get(latest.key)?.[0]
    }),

  grant: ({ tenant, reference, partner, uid, type, contract, place, at }) =>
    asTenant(app, tenant, async (tx) => {
      await tx`insert into roaming_grants (tenant, reference, partner, uid, type, contract, location_id, evse_uids, at)
        values (${tenant}, ${reference}, ${partner}, ${uid}, ${type}, ${contract}, ${place?.location_id ?? null}, ${[...(place?.evse_uids ?? [])]}::text[], at_ms(${at}::bigint))`
    }),
})

/** OTHER is what a partner calls what its version has no word for, and what its operator has registered without one. */
const isOfType = ({ type: has }: Token, type: TokenType): boolean => has === type || has === 'OTHER' || type === 'OTHER'
