/** The contracts that a token is or was one of, as `Token.terms`; null where none has it. `t` is the token. */
export const termsColumn = `(select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('contract', coalesce(c.evco_id, c.id), 'state', c.state,
    'from', ms(greatest(ct.from_at, c.valid_from)), 'until', ms(least(ct.until_at, c.valid_until)))) order by ct.from_at, c.id)
  from contract_tokens ct join contracts c on c.tenant = ct.tenant and c.id = ct.contract
  where ct.tenant = t.tenant and ct.key = t.key and (ct.issuer = t.issuer or ct.is_name)) as terms`

/**
 * Tokens that are known by their contract alone, in the shape of the tokens table; `of` says which. What is registered
 * comes before, and so does a contract's own EVCO ID that is registered in another spelling: it may be blocked there.
 */
export const contractTokens = (
  of: string,
): string => `select ct.tenant, ct.issuer, ct.type, ct.uid, ct.key, 'Accepted' as status, null::text as group_id,
    null::timestamptz as expires_at, null::text as contract, null::int as most_sessions, null::int as cache_s, null::text as credit,
    null::text as partner, null::text as whitelist, null::text as partner_type
  from contract_tokens ct
  where ${of} and not exists (select 1 from tokens r where r.tenant = ct.tenant and r.issuer = ct.issuer and r.key = ct.key)
    and not (ct.is_name and exists (select 1 from tokens r where r.tenant = ct.tenant and r.key = any(array(
      select s.key from contract_tokens s where s.tenant = ct.tenant and s.contract = ct.contract and s.is_name))))`
