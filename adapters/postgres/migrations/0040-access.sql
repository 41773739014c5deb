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

-- The charging stations of the scope: of sites, named, or owned; at some time, or on a day of today.
create function scope_stations_ever() returns setof text language sql stable security definer set search_path = public, pg_temp rows 100 as $$
  with s as materialized (select scope_now() as scope, current_setting('sm.tenant', true) as tenant)
  select c.id from s, jsonb_array_elements_text(coalesce(s.scope -> 'sites', '[]')) i
    join charging_stations c on c.tenant = current_setting('sm.tenant', true) and c.site = i
  union
  select i from s, jsonb_array_elements_text(coalesce(s.scope -> 'stations', '[]')) i
  union
  select c.id from s join market_roles r on r.tenant = s.tenant and r.party = s.scope ->> 'owner' and r.role = 'owner'
    join charging_stations c on c.tenant = r.tenant and ((r.kind = 'site' and c.site = r.subject) or (r.kind = 'station' and c.id = r.subject))
$$;

create function scope_owns(station text, site text, at timestamptz) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select owner_of(t.tenant, station, site, (at at time zone coalesce((select zone from sites x where x.tenant = t.tenant and x.id = site), i.zone))::date) = scope_now() ->> 'owner'
  from installation i, (select current_setting('sm.tenant', true) as tenant) t
$$;

create function scope_stations() returns setof text language sql stable security definer set search_path = public, pg_temp rows 100 as $$
  select s from scope_stations_ever() s
  where not scope_now() ? 'owner'
    or exists (select from charging_stations c where c.tenant = current_setting('sm.tenant', true) and c.id = s and scope_owns(c.id, c.site, now()))
  union
  select e.station from jsonb_array_elements_text(coalesce(scope_now() -> 'chargePoints', '[]')) i
    join evse_plugs p on p.tenant = current_setting('sm.tenant', true) and p.key = lower(i) and p.until_at is null
    join evses e on e.tenant = p.tenant and e.uid = p.uid and e.station is not null
$$;

create function scope_sites() returns setof text language sql stable security definer set search_path = public, pg_temp rows 100 as $$
  select jsonb_array_elements_text(coalesce(scope_now() -> 'sites', '[]'))
  union
  select c.site from scope_stations() s join charging_stations c on c.tenant = current_setting('sm.tenant', true) and c.id = s
  union
  select r.subject from market_roles r where r.tenant = current_setting('sm.tenant', true) and r.kind = 'site' and r.role = 'owner'
    and r.party = scope_now() ->> 'owner' and scope_owns(null, r.subject, now())
$$;

-- The charge points of the scope, in lower case: those that ever were a plug there, and those that are one now.
create function scope_keys_ever() returns setof text language sql stable security definer set search_path = public, pg_temp rows 100 as $$
  select lower(i) from jsonb_array_elements_text(coalesce(scope_now() -> 'chargePoints', '[]')) i
  union
  select p.key from scope_stations_ever() s
    join evses e on e.tenant = current_setting('sm.tenant', true) and e.station = s
    join evse_plugs p on p.tenant = e.tenant and p.uid = e.uid
$$;

create function scope_keys() returns setof text language sql stable security definer set search_path = public, pg_temp rows 100 as $$
  select lower(i) from jsonb_array_elements_text(coalesce(scope_now() -> 'chargePoints', '[]')) i
  union
  select p.key from scope_stations() s
    join evses e on e.tenant = current_setting('sm.tenant', true) and e.station = s
    join evse_plugs p on p.tenant = e.tenant and p.uid = e.uid and p.until_at is null
$$;

-- The same as they are spelt, so that an index on them finds what they have: all of them, and perhaps more.
create function scope_identities() returns setof text language sql stable security definer set search_path = public, pg_temp rows 100 as $$
  with k as materialized (select k from scope_keys_ever() k)
  select c.identity from k join charge_points c on c.tenant = current_setting('sm.tenant', true) and c.key = k
  union
  select p.identity from k join evse_plugs p on p.tenant = current_setting('sm.tenant', true) and p.key = k
  union
  select jsonb_array_elements_text(coalesce(scope_now() -> 'chargePoints', '[]'))
$$;

-- Whether what happened at a plug of a charge point then is in the scope; without an EVSE, at any plug of it.
create function scope_covers(of_identity text, of_evse integer, at timestamptz) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  with s as materialized (select scope_now() as scope, current_setting('sm.tenant', true) as tenant)
  select exists (select from s, jsonb_array_elements_text(coalesce(s.scope -> 'chargePoints', '[]')) i where lower(i) = lower(of_identity))
    or exists (
      select from s join evse_plugs p on p.tenant = s.tenant and p.key = lower(of_identity) and p.from_at <= at and (p.until_at is null or at < p.until_at)
        and (coalesce(of_evse, 0) = 0 or p.evse = of_evse)
      join evses e on e.tenant = p.tenant and e.uid = p.uid
      join charging_stations c on c.tenant = e.tenant and c.id = e.station
      where s.scope -> 'sites' ? c.site or s.scope -> 'stations' ? c.id or (s.scope ? 'owner' and scope_owns(c.id, c.site, at))
    )
$$;

-- Whether a contract is one of the EMP whose scope it is: by its party where there is one, else by its code.
create function scope_emp(contract text) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  with s as materialized (select scope_now() ->> 'emp' as emp, current_setting('sm.tenant', true) as tenant)
  select coalesce((
    select emp_of(s.tenant, contract) = coalesce(
      (select p.id from parties p where p.tenant = s.tenant and p.role = 'emp' and (p.id = s.emp or p.country_code || '*' || p.party_id = s.emp) limit 1), s.emp)
    from s where s.emp is not null and contract is not null
  ), false)
$$;

-- Whether an account is in the scope: by the place that it says itself, which is that of its time.
create function scope_account(identity text, station text, site text, contract text, at timestamptz) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  with s as materialized (select scope_now() as scope)
  select coalesce(s.scope -> 'sites' ? site, false) or coalesce(s.scope -> 'stations' ? station, false)
    or exists (select from jsonb_array_elements_text(coalesce(s.scope -> 'chargePoints', '[]')) i where lower(i) = lower(identity))
    or (s.scope ? 'owner' and coalesce(scope_owns(station, site, at), false))
    or (s.scope ? 'emp' and scope_emp(contract))
  from s
$$;

create function scope_cdr(cdr uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce((select scope_account(c.identity, c.station, c.site, c.contract, c.started_at) from cdrs c
    where c.id = cdr and c.tenant = current_setting('sm.tenant', true)), false)
$$;

create function scope_session(session uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce((select scope_covers(x.identity, x.evse, coalesce(x.started_at, x.ended_at, x.day::timestamptz)) or scope_emp(x.auth ->> 'contract') from sessions x
    where x.id = session and x.tenant = current_setting('sm.tenant', true)), false)
$$;

create function scope_token(of_issuer text, of_uid text, contract text) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select scope_emp(contract) or exists (
    select from contract_tokens t where t.tenant = current_setting('sm.tenant', true) and t.issuer = of_issuer and t.key = lower(of_uid)
      and t.from_at <= now() and (t.until_at is null or now() < t.until_at) and scope_emp(t.contract))
$$;

-- A role at a place of the scope. An owner learns nothing of who was the owner before.
create function scope_role(kind text, subject text, role text, party text) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select (not scope_now() ? 'owner' or role <> 'owner' or party = scope_now() ->> 'owner')
    and case kind when 'site' then subject in (select scope_sites()) else subject in (select scope_stations()) end
$$;

create function scope_party(party text) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select case
    when scope_now() ? 'owner' then party = scope_now() ->> 'owner'
    when scope_now() ? 'emp' then exists (
      select from parties p where p.tenant = current_setting('sm.tenant', true) and p.id = party and p.role = 'emp'
        and (p.id = scope_now() ->> 'emp' or p.country_code || '*' || p.party_id = scope_now() ->> 'emp'))
    else exists (
      select from market_roles r where r.tenant = current_setting('sm.tenant', true) and r.party = scope_party.party and scope_role(r.kind, r.subject, r.role, r.party))
  end
$$;

create function scope_evse(evse text) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from evses e where e.tenant = current_setting('sm.tenant', true) and e.uid = evse and e.station in (select scope_stations()))
$$;

create function scope_event(type text, subject text, data jsonb, at timestamptz) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select case
    when type = 'evse.changed' then scope_evse(subject)
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
select scope_table('sessions', 'lower(identity) in (select scope_keys_ever()) and scope_covers(identity, evse, coalesce(started_at, ended_at, day::timestamptz)) or scope_emp(auth ->> ''contract'')');
select scope_table('reservations', 'lower(identity) in (select scope_keys_ever()) and scope_covers(identity, evse, created_at)');
select scope_table('commands', 'lower(identity) in (select scope_keys_ever()) and scope_covers(identity, null, created_at)');
select scope_table('frames', 'lower(identity) in (select scope_keys_ever()) and scope_covers(identity, null, at)');
select scope_table('facts', 'lower(identity) in (select scope_keys_ever()) and scope_covers(identity, null, received_at)');
select scope_table('quarantine', 'lower(identity) in (select scope_keys_ever()) and scope_covers(identity, null, received_at)');
select scope_table('security_events', 'lower(identity) in (select scope_keys_ever()) and scope_covers(identity, null, received_at)');
select scope_table('charging_course', 'lower(identity) in (select scope_keys_ever()) and scope_covers(identity, evse, at)');
select scope_table('samples', 'scope_session(session)');
select scope_table('cdrs', 'scope_account(identity, station, site, contract, started_at)');
select scope_table('credits', 'scope_cdr(cdr)');
select scope_table('cdr_holds', 'scope_cdr(cdr)');
select scope_table('documents', 'scope_cdr(cdr)');
select scope_table('contracts', 'scope_emp(id)');
select scope_table('contract_tokens', 'scope_emp(contract)');
select scope_table('tokens', 'scope_token(issuer, uid, contract)');
select scope_table('sites', 'id in (select scope_sites())');
select scope_table('charging_stations', 'id in (select scope_stations())');
select scope_table('evses', 'station in (select scope_stations())');
select scope_table('evse_plugs', 'scope_evse(uid)');
select scope_table('evse_connectors', 'scope_evse(uid)');
select scope_table('market_roles', 'scope_role(kind, subject, role, party)');
select scope_table('parties', 'scope_party(id)');
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
  foreach f in array array['scope_stations_ever()', 'scope_owns(text, text, timestamptz)', 'scope_stations()', 'scope_sites()', 'scope_keys_ever()', 'scope_keys()', 'scope_identities()',
    'scope_covers(text, integer, timestamptz)', 'scope_emp(text)', 'scope_account(text, text, text, text, timestamptz)', 'scope_cdr(uuid)', 'scope_session(uuid)',
    'scope_token(text, text, text)', 'scope_role(text, text, text, text)', 'scope_party(text)', 'scope_evse(text)', 'scope_event(text, text, jsonb, timestamptz)'] loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to sm_app', f);
  end loop;
  revoke all on function scope_table(text, text), scope_all_tables() from public;
end $$;
