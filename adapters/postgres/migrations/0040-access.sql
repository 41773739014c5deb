-- What an API key is good for, and the second lock on what it sees (S-17, S-18).

alter table api_keys
  add column role text not null default 'operator'
    check (role in ('platform', 'reseller', 'operator', 'support', 'siteOwner', 'emp', 'auditor', 'installer')),
  -- {"sites": [], "stations": [], "chargePoints": []}; null = the whole tenant
  add column scope jsonb,
  -- whose key it is
  add column party text;
update api_keys set role = 'platform' where tenant is null;
alter table api_keys
  add constraint api_keys_of_the_platform check ((tenant is null) = (role = 'platform')),
  add constraint api_keys_of_parties check ((party is not null) = (role in ('siteOwner', 'emp')));

-- Whoever asks for somebody with a limited sight says so in sm.scope, in the transaction that names the tenant:
--   {"sites": [...], "stations": [...], "chargePoints": [...]}   what lies there, and these
--   {"owner": "..."}                                              what a site owner has, by the tenures of the market
--   {"emp": "..."}                                                what is under contracts of an EMP
-- Unset: all that the tenant has. The policies below take away from what the tenant's own show; where the scope is open
-- they cost one look at a setting a statement. They look rows up as sm_owner does, whom no policy holds.

create function scope_is_open() returns boolean language sql stable parallel safe as
  $$ select coalesce(current_setting('sm.scope', true), '') = '' $$;

create function scope_now() returns jsonb language sql stable parallel safe as
  $$ select nullif(current_setting('sm.scope', true), '')::jsonb $$;

create function scope_has(of_kind text) returns boolean language sql stable parallel safe as
  $$ select coalesce(jsonb_exists(scope_now(), of_kind), false) $$;

create function scope_list(of_kind text) returns setof text language sql stable parallel safe rows 10 as
  $$ select jsonb_array_elements_text(coalesce(scope_now() -> of_kind, '[]')) $$;

create function scope_tenant() returns text language sql stable parallel safe as $$ select current_setting('sm.tenant', true) $$;

create function scope_owns(station text, site text, at timestamptz) returns boolean language sql stable security definer cost 3000 set search_path = public, pg_temp as $$
  select owner_of(scope_tenant(), station, site, (at at time zone coalesce((select x.zone from sites x where x.tenant = scope_tenant() and x.id = site), i.zone))::date) = scope_now() ->> 'owner'
  from installation i
$$;

-- The charging stations of the scope: of sites, named, or owned; at some time, or on a day of today.
create function scope_stations_ever() returns setof text language sql stable security definer set search_path = public, pg_temp rows 10 as $$
  select c.id from scope_list('sites') i join charging_stations c on c.tenant = scope_tenant() and c.site = i
  union
  select scope_list('stations')
  union
  select c.id from market_roles r join charging_stations c on c.tenant = r.tenant and c.site = r.subject
    where r.tenant = scope_tenant() and r.party = scope_now() ->> 'owner' and r.role = 'owner' and r.kind = 'site'
  union
  select r.subject from market_roles r where r.tenant = scope_tenant() and r.party = scope_now() ->> 'owner' and r.role = 'owner' and r.kind = 'station'
$$;

create function scope_stations() returns setof text language sql stable security definer set search_path = public, pg_temp rows 10 as $$
  select s from scope_stations_ever() s
  where not scope_has('owner')
    or exists (select from charging_stations c where c.tenant = scope_tenant() and c.id = s and scope_owns(c.id, c.site, now()))
  union
  select e.station from scope_list('chargePoints') i
    join evse_plugs p on p.tenant = scope_tenant() and p.key = lower(i) and p.until_at is null
    join evses e on e.tenant = p.tenant and e.uid = p.uid and e.station is not null
$$;

create function scope_sites() returns setof text language sql stable security definer set search_path = public, pg_temp rows 10 as $$
  select scope_list('sites')
  union
  select c.site from scope_stations() s join charging_stations c on c.tenant = scope_tenant() and c.id = s
  union
  select r.subject from market_roles r where r.tenant = scope_tenant() and r.kind = 'site' and r.role = 'owner'
    and r.party = scope_now() ->> 'owner' and scope_owns(null, r.subject, now())
$$;

create function scope_evses() returns setof text language sql stable security definer set search_path = public, pg_temp rows 100 as $$
  select e.uid from scope_stations() s join evses e on e.tenant = scope_tenant() and e.station = s
$$;

-- The charge points of the scope, in lower case: those that ever were a plug there, and those that are one now.
create function scope_keys_ever() returns setof text language sql stable security definer set search_path = public, pg_temp rows 100 as $$
  select lower(i) from scope_list('chargePoints') i
  union
  select p.key from scope_stations_ever() s
    join evses e on e.tenant = scope_tenant() and e.station = s
    join evse_plugs p on p.tenant = e.tenant and p.uid = e.uid
$$;

create function scope_keys() returns setof text language sql stable security definer set search_path = public, pg_temp rows 100 as $$
  select lower(i) from scope_list('chargePoints') i
  union
  select p.key from scope_stations() s
    join evses e on e.tenant = scope_tenant() and e.station = s
    join evse_plugs p on p.tenant = e.tenant and p.uid = e.uid and p.until_at is null
$$;

-- The same as they are spelt, so that an index on them finds what they have: all of them, and perhaps more.
create function scope_identities() returns setof text language sql stable security definer set search_path = public, pg_temp rows 100 as $$
  with k as materialized (select k from scope_keys_ever() k)
  select c.identity from k join charge_points c on c.tenant = scope_tenant() and c.key = k
  union
  select p.identity from k join evse_plugs p on p.tenant = scope_tenant() and p.key = k
  union
  select scope_list('chargePoints')
$$;

-- Whether what happened at a plug of a charge point then is in the scope; without an EVSE, at any plug of it. Asked row by
-- row: so it has no search_path to set each time, and every name in it its schema; and says what it costs, so that whoever
-- plans a query asks it last.
create function scope_covers(of_identity text, of_evse integer, at timestamptz) returns boolean language plpgsql stable security definer cost 3000 as $$
declare
  scope constant jsonb := public.scope_now();
  named constant jsonb := scope -> 'chargePoints';
begin
  if named is not null and named <> '[]' then
    if exists (select from pg_catalog.jsonb_array_elements_text(named) i where pg_catalog.lower(i) = pg_catalog.lower(of_identity)) then
      return true;
    end if;
  end if;
  return exists (
    select from public.evse_plugs p
    join public.evses e on e.tenant = p.tenant and e.uid = p.uid
    join public.charging_stations c on c.tenant = e.tenant and c.id = e.station
    where p.tenant = pg_catalog.current_setting('sm.tenant', true) and p.key = pg_catalog.lower(of_identity)
      and p.from_at <= at and (p.until_at is null or at < p.until_at) and (coalesce(of_evse, 0) = 0 or p.evse = of_evse)
      and (pg_catalog.jsonb_exists(scope -> 'sites', c.site) or pg_catalog.jsonb_exists(scope -> 'stations', c.id)
        or (pg_catalog.jsonb_exists(scope, 'owner') and public.scope_owns(c.id, c.site, at)))
  );
end $$;

-- When which plugs were at places of the scope, worked out once for a statement: {"cp-1/1": [[from, until]]} in ms since 1970
-- UTC; cp-1/0 = any plug of it. Where it is named itself it always is: {"cp-1": true}.
create function scope_spans() returns jsonb language sql stable security definer set search_path = public, pg_temp as $$
  with plug as materialized (
    select p.key, p.evse, jsonb_build_array(extract(epoch from p.from_at) * 1000, coalesce(extract(epoch from p.until_at) * 1000, 9007199254740991)) as span
    from scope_stations_ever() s
      join evses e on e.tenant = scope_tenant() and e.station = s
      join evse_plugs p on p.tenant = e.tenant and p.uid = e.uid
  ), named as (
    select key || '/' || evse as name, jsonb_agg(span) as spans from plug group by key, evse
    union all
    select key || '/0', jsonb_agg(span) from plug group by key
    union all
    select lower(i), 'true'::jsonb from scope_list('chargePoints') i
  )
  select coalesce(jsonb_object_agg(name, spans), '{}') from named
$$;

create function scope_within(spans jsonb, key text, of_evse integer, at timestamptz) returns boolean language plpgsql immutable parallel safe as $$
declare
  moment constant numeric := extract(epoch from at) * 1000;
  span jsonb;
begin
  if jsonb_exists(spans, key) then
    return true;
  end if;
  for span in select jsonb_array_elements(spans -> (key || '/' || coalesce(of_evse, 0))) loop
    if moment >= (span -> 0)::numeric and moment < (span -> 1)::numeric then
      return true;
    end if;
  end loop;
  return false;
end $$;

-- For a policy: whether what a row says happened was in the scope. An owner's tenures are looked at row by row.
create function scope_of_plug(of_evse text, at text) returns text language sql immutable as $$
  select format($expression$lower(identity) in (select scope_keys_ever()) and case when (select scope_has('owner')) then scope_covers(identity, %1$s, %2$s)
    else scope_within((select scope_spans()), lower(identity), %1$s, %2$s) end$expression$, of_evse, at)
$$;

-- Whether a contract is one of the EMP whose scope it is: by its party where there is one, else by its code.
create function scope_emp(contract text) returns boolean language sql stable security definer cost 3000 set search_path = public, pg_temp as $$
  with s as materialized (select scope_now() ->> 'emp' as emp, scope_tenant() as tenant)
  select coalesce((
    select emp_of(s.tenant, contract) = coalesce(
      (select p.id from parties p where p.tenant = s.tenant and p.role = 'emp' and (p.id = s.emp or p.country_code || '*' || p.party_id = s.emp) limit 1), s.emp)
    from s where s.emp is not null and contract is not null
  ), false)
$$;

-- The same for many rows, by sets: contracts of the EMP and those of others that could be taken for them, by their names and
-- by what EVCO IDs are equal; and the codes that EVCO IDs of its contracts begin with where the contract is not ours.
create function scope_emp_names() returns setof text language sql stable security definer set search_path = public, pg_temp rows 2 as $$
  with p as materialized (
    select p.id, p.country_code || '*' || p.party_id as code from parties p where p.tenant = scope_tenant() and p.role = 'emp'
      and (p.id = scope_now() ->> 'emp' or p.country_code || '*' || p.party_id = scope_now() ->> 'emp')
  )
  select scope_now() ->> 'emp' union select id from p union select code from p where code is not null
$$;

create function scope_contracts(own boolean, by_id boolean) returns setof text language sql stable security definer set search_path = public, pg_temp rows 100 as $$
  select case when by_id then k.id else k.evco_key end from contracts k
  where k.tenant = scope_tenant() and (k.emp in (select scope_emp_names())) = own
$$;

create function scope_codes() returns setof text language sql stable security definer set search_path = public, pg_temp rows 2 as $$
  select replace(n, '*', '') from scope_emp_names() n where n ~ '^[A-Z]{2}\*[A-Z0-9]{3}$'
$$;

-- As emp_of decides: by the name of a contract, by its EVCO ID, by the code in it.
create function scope_of_contract(of_column text) returns text language sql immutable as $$
  select format($expression$(select scope_has('emp')) and %1$s is not null and case
    when %1$s in (select scope_contracts(true, true)) then true
    when %1$s in (select scope_contracts(false, true)) then false
    when left(upper(translate(%1$s, '-*', '')), 14) in (select k from scope_contracts(true, false) k where k is not null) then true
    when left(upper(translate(%1$s, '-*', '')), 14) in (select k from scope_contracts(false, false) k where k is not null) then false
    else left(upper(translate(%1$s, '-*', '')), 14) ~ '^[A-Z]{2}([A-Z0-9]{12}|[A-Z0-9]{10})$' and left(upper(translate(%1$s, '-*', '')), 5) in (select scope_codes()) end$expression$, of_column)
$$;

-- Whether an account is in the scope: by the place that it says itself, which is that of its time.
create function scope_account(identity text, station text, site text, contract text, at timestamptz) returns boolean language sql stable security definer cost 3000 set search_path = public, pg_temp as $$
  select coalesce(site in (select scope_list('sites')), false) or coalesce(station in (select scope_list('stations')), false)
    or lower(identity) in (select lower(i) from scope_list('chargePoints') i)
    or (scope_has('owner') and coalesce(scope_owns(station, site, at), false))
    or (scope_has('emp') and scope_emp(contract))
$$;

create function scope_cdr(cdr uuid) returns boolean language sql stable security definer cost 3000 set search_path = public, pg_temp as $$
  select coalesce((select scope_account(c.identity, c.station, c.site, c.contract, c.started_at) from cdrs c
    where c.id = cdr and c.tenant = scope_tenant()), false)
$$;

create function scope_session(session uuid) returns boolean language sql stable security definer cost 3000 set search_path = public, pg_temp as $$
  select coalesce((select scope_covers(x.identity, x.evse, coalesce(x.started_at, x.ended_at, x.day::timestamptz)) or scope_emp(x.auth ->> 'contract') from sessions x
    where x.id = session and x.tenant = scope_tenant()), false)
$$;

create function scope_tokens() returns table (issuer text, key text) language sql stable security definer set search_path = public, pg_temp rows 100 as $$
  select t.issuer, t.key from contract_tokens t join contracts k on k.tenant = t.tenant and k.id = t.contract
  where t.tenant = scope_tenant() and k.emp in (select scope_emp_names()) and t.from_at <= now() and (t.until_at is null or now() < t.until_at)
$$;

-- Who has a role at a place of the scope; a party itself.
create function scope_parties() returns setof text language sql stable security definer set search_path = public, pg_temp rows 10 as $$
  select scope_now() ->> 'owner'
  union
  select p.id from parties p where p.tenant = scope_tenant() and p.role = 'emp'
    and (p.id = scope_now() ->> 'emp' or p.country_code || '*' || p.party_id = scope_now() ->> 'emp')
  union
  select r.party from market_roles r where r.tenant = scope_tenant() and not scope_has('owner')
    and case r.kind when 'site' then r.subject in (select scope_sites()) else r.subject in (select scope_stations()) end
$$;

create function scope_event(type text, subject text, data jsonb, at timestamptz) returns boolean language sql stable security definer cost 3000 set search_path = public, pg_temp as $$
  select case
    when type = 'evse.changed' then subject in (select scope_evses())
    when type = 'site.changed' then subject in (select scope_sites())
    when type = 'cdr.credited' then scope_cdr((data ->> 'cdr')::uuid)
    when jsonb_typeof(data -> 'chargePoint') = 'string' then
      scope_covers(data ->> 'chargePoint', case jsonb_typeof(data -> 'evse') when 'number' then (data ->> 'evse')::integer end, at)
    else false
  end
$$;

-- Takes a table away from every scope that is not open, but for rows that say where they belong: `sees` is over its columns.
create function scope_table(of_table text, sees text) returns void language plpgsql as $$
begin
  execute format('drop policy if exists scope on %I', of_table);
  execute format('create policy scope on %I as restrictive to sm_app using ((select scope_is_open()) or (%s))', of_table, sees);
end $$;

-- Default deny: a table with a tenant that says nothing of scopes is seen by none but the open one. Run after every migration.
create function scope_all_tables() returns void language plpgsql as $$
declare
  t text;
begin
  for t in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'scope')
  loop
    perform scope_table(t, 'false');
  end loop;
end $$;

-- The state of a charge point is seen where it is now
do $$
declare
  t text;
begin
  foreach t in array array['charge_points', 'connections', 'transaction_counters', 'connectors', 'configuration', 'local_lists', 'charging_profiles',
    'installed_certificates', 'issued_certificates', 'items', 'report_pages', 'expectations'] loop
    perform scope_table(t, 'lower(identity) in (select scope_keys())');
  end loop;
end $$;
-- and what happened, where it was then
select scope_table('sessions', scope_of_plug('evse', 'coalesce(started_at, ended_at, day::timestamptz)') || ' or ' || scope_of_contract('(auth ->> ''contract'')'));
select scope_table('reservations', scope_of_plug('evse', 'created_at'));
select scope_table('commands', scope_of_plug('null', 'created_at'));
select scope_table('frames', scope_of_plug('null', 'at'));
select scope_table('facts', scope_of_plug('null', 'received_at'));
select scope_table('quarantine', scope_of_plug('null', 'received_at'));
select scope_table('security_events', scope_of_plug('null', 'received_at'));
select scope_table('charging_course', scope_of_plug('evse', 'at'));
select scope_table('samples', 'scope_session(session)');
select scope_table('cdrs', 'site in (select scope_list(''sites'')) or station in (select scope_list(''stations'')) or lower(identity) in (select lower(i) from scope_list(''chargePoints'') i)
  or (select scope_has(''owner'')) and scope_owns(station, site, started_at) or ' || scope_of_contract('contract'));
select scope_table('credits', 'scope_cdr(cdr)');
select scope_table('cdr_holds', 'scope_cdr(cdr)');
select scope_table('documents', 'scope_cdr(cdr)');
select scope_table('contracts', '(select scope_has(''emp'')) and id in (select scope_contracts(true, true))');
select scope_table('contract_tokens', '(select scope_has(''emp'')) and contract in (select scope_contracts(true, true))');
select scope_table('tokens', '(select scope_has(''emp'')) and (issuer, key) in (select issuer, key from scope_tokens()) or ' || scope_of_contract('contract'));
select scope_table('sites', 'id in (select scope_sites())');
select scope_table('charging_stations', 'id in (select scope_stations())');
select scope_table('evses', 'station in (select scope_stations())');
select scope_table('evse_plugs', 'uid in (select scope_evses())');
select scope_table('evse_connectors', 'uid in (select scope_evses())');
-- an owner learns nothing of who was the owner before
select scope_table('market_roles', '((select not scope_has(''owner'')) or role <> ''owner'' or party = (select scope_now() ->> ''owner''))
  and case kind when ''site'' then subject in (select scope_sites()) else subject in (select scope_stations()) end');
select scope_table('parties', 'id in (select scope_parties())');
-- what the tenant is called, and how its new charge points are taken in, is no secret of any place
select scope_table('tenants', 'true');
-- told by whoever does something, and heard or read only as far as it is seen
create policy scope on events as restrictive for select to sm_app using ((select scope_is_open()) or scope_event(type, subject, data, at));
create policy scope on audit as restrictive for select to sm_app using ((select scope_is_open()));

-- an entry follows the one before it, which whoever writes it may not be shown
alter function audit_chained() security definer set search_path = public, pg_temp;

select scope_all_tables();

do $$
declare
  f text;
begin
  foreach f in array array['scope_owns(text, text, timestamptz)', 'scope_stations_ever()', 'scope_stations()', 'scope_sites()', 'scope_evses()', 'scope_keys_ever()', 'scope_keys()',
    'scope_identities()', 'scope_covers(text, integer, timestamptz)', 'scope_spans()', 'scope_emp(text)', 'scope_account(text, text, text, text, timestamptz)', 'scope_cdr(uuid)', 'scope_session(uuid)',
    'scope_emp_names()', 'scope_contracts(boolean, boolean)', 'scope_codes()', 'scope_tokens()', 'scope_parties()', 'scope_event(text, text, jsonb, timestamptz)'] loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to sm_app', f);
  end loop;
  revoke all on function scope_table(text, text), scope_all_tables(), scope_of_contract(text), scope_of_plug(text, text) from public;
end $$;
