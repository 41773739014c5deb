-- Tenants above tenants: resellers with CPOs below them, from day to day; brands and whose a host name is; and which ports
-- were connected on which days, for whoever bills them.

alter table tenants
  add column kind text not null default 'cpo' check (kind in ('cpo', 'reseller', 'platform')),
  -- null = open
  add column closed_at timestamptz,
  add column changed_at timestamptz not null default now(),
  add unique (tenant, kind);
-- whose books the platform's are
create unique index tenants_platform on tenants (kind) where kind = 'platform';

-- one text as a range, so that an exclusion can tell tenants apart without an extension
create type textrange as range (subtype = text);

-- Days by the calendar of the installation; the last one does not belong to it.
create table tenant_parents (
  tenant text not null,
  tenant_kind text not null generated always as ('cpo') stored,
  reseller text not null,
  reseller_kind text not null generated always as ('reseller') stored,
  from_day date not null default '-infinity',
  until_day date not null default 'infinity',
  changed_at timestamptz not null,
  primary key (tenant, from_day),
  foreign key (tenant, tenant_kind) references tenants (tenant, kind),
  foreign key (reseller, reseller_kind) references tenants (tenant, kind),
  check (from_day < until_day),
  -- below one reseller at a time
  constraint tenant_parents_no_overlap exclude using gist (textrange(tenant, tenant, '[]') with &&, daterange(from_day, until_day) with &&)
);
create index tenant_parents_of_reseller on tenant_parents (reseller, tenant);

-- The reseller by whose key a key was made: it counts for as long as its tenant is below that one.
alter table api_keys add column through text references tenants;

-- How a tenant shows itself; null = as its reseller does.
create table brands (
  tenant text primary key references tenants,
  name text,
  -- {light: {ink, quiet, paper, sheet, line, accent}, dark: {…}}
  colours jsonb,
  logo bytea check (length(logo) <= 131072),
  logo_type text check (logo_type in ('image/png', 'image/svg+xml')),
  logo_digest text generated always as (encode(sha256(logo), 'hex')) stored,
  changed_at timestamptz not null,
  check ((logo is null) = (logo_type is null))
);

-- Whose a host name is: of one tenant, whatever it serves there. In lower case, as punycode, without a port or a last dot.
create table brand_hosts (
  host text primary key,
  tenant text not null references tenants,
  -- what is told to people and set in stations; at a name of a tenant all of them are answered
  ocpp boolean not null,
  api boolean not null,
  page boolean not null
);
create unique index brand_hosts_ocpp on brand_hosts (tenant) where ocpp;
create unique index brand_hosts_api on brand_hosts (tenant) where api;
create unique index brand_hosts_page on brand_hosts (tenant) where page;

-- The days of a month on which an EVSE was connected: the first is bit 0. A row a month for each: what is billed by it stays
-- when events and charge points have gone.
create table connected_ports (
  tenant text not null references tenants,
  month date not null check (extract(day from month) = 1),
  identity text not null,
  evse integer not null check (evse > 0),
  days integer not null,
  primary key (tenant, month, identity, evse)
) with (fillfactor = 80);

-- One row: until when it was looked which are connected.
create table port_look (
  sole boolean primary key default true check (sole),
  looked_at timestamptz not null default '-infinity'
);
insert into port_look default values;

grant insert on tenants to sm_app;
grant select, insert, update, delete on tenant_parents, brands, brand_hosts to sm_app;
grant select on tenant_parents, brands, brand_hosts to sm_ingest;
grant select on connected_ports to sm_app;
grant select, insert, update on connected_ports to sm_ingest;
grant select, update on port_look to sm_ingest;

do $$
declare
  t text;
begin
  foreach t in array array['tenant_parents', 'brands', 'brand_hosts', 'connected_ports'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy ingest on %I to sm_ingest using (true) with check (true)', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;

-- A reseller sees who is below it, and was.
create policy reseller on tenant_parents for select to sm_app using (reseller = current_setting('sm.tenant', true));

-- The platform bills resellers by who is below them.
create policy platform on tenant_parents for select to sm_app
  using (exists (select from tenants t where t.tenant = current_setting('sm.tenant', true) and t.kind = 'platform'));

-- Another tenant's kind; null = there is none. Whoever puts a tenant below another must know it.
create function kind_of_tenant(wanted text) returns text language sql stable security definer set search_path = public, pg_temp as
  $$ select kind from tenants where tenant = wanted $$;
revoke all on function kind_of_tenant(text) from public;
grant execute on function kind_of_tenant(text) to sm_app;

-- The platform's tenant; null = none is.
create function platform_tenant() returns text language sql stable security definer set search_path = public, pg_temp as
  $$ select tenant from tenants where kind = 'platform' $$;
revoke all on function platform_tenant() from public;
grant execute on function platform_tenant() to sm_app;

-- Whose a host name is; null = nobody's.
create function tenant_of_host(wanted text) returns text language sql stable security definer set search_path = public, pg_temp as
  $$ select tenant from brand_hosts where host = wanted $$;
revoke all on function tenant_of_host(text) from public;
grant execute on function tenant_of_host(text) to sm_app;

-- The days of a month as bits, from one day until another.
create function days_of_month(of_month date, from_day date, until_day date) returns integer language sql immutable parallel safe as $$
  select case when greatest(from_day, of_month) < least(until_day, (of_month + interval '1 month')::date)
    then (((1::bigint << (least(until_day, (of_month + interval '1 month')::date) - greatest(from_day, of_month))) - 1) << (greatest(from_day, of_month) - of_month))::integer
    else 0 end
$$;

-- Ports of a CPO that were connected in a month, and the reseller that each counts for: the one below which it was connected on
-- more days, of two that are equal the first; null = for none. So each counts once, whoever bills. Shown to the CPO itself, to
-- the platform, and to a reseller what counts for it.
create function ports_of(of_tenant text, of_month date) returns table (identity text, evse integer, days integer, reseller text)
  language sql stable security definer set search_path = public, pg_temp as $$
  with above as (
    select p.reseller, bit_or(days_of_month(of_month, p.from_day, p.until_day)) as mask
    from tenant_parents p
    where p.tenant = of_tenant and p.from_day < of_month + interval '1 month' and p.until_day > of_month
    group by p.reseller
  ), whose as (
    select reseller, mask from above
    union all
    select null, days_of_month(of_month, '-infinity', 'infinity') & ~ coalesce(bit_or(mask), 0) from above
  ), counted as (
    select distinct on (c.identity, c.evse) c.identity, c.evse, c.days & w.mask as days, w.reseller
    from connected_ports c join whose w on c.days & w.mask <> 0
    where c.tenant = of_tenant and c.month = of_month
    order by c.identity, c.evse, bit_count((c.days & w.mask)::bit(32)) desc, (c.days & w.mask) & - (c.days & w.mask)
  )
  select n.identity, n.evse, n.days, n.reseller from counted n
  where of_tenant = current_setting('sm.tenant', true)
    or n.reseller = current_setting('sm.tenant', true)
    or exists (select from tenants t where t.tenant = current_setting('sm.tenant', true) and t.kind = 'platform')
$$;
revoke all on function ports_of(text, date) from public;
grant execute on function ports_of(text, date) to sm_app;
