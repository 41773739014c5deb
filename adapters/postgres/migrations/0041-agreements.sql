-- Contracts with site owners, of resale, and prices for charging elsewhere; and what drivers pay for it.

create table agreements (
  tenant text not null references tenants,
  kind text not null check (kind in ('site', 'resale', 'roaming')),
  id text not null,
  key text not null generated always as (lower(id)) stored,
  -- what it is of: on each day there is one of it. `site/mall`, `station/n1`; `buyer/volt`; partner, contract and currency
  subject text not null,
  -- the parties in the market that it is with
  parties text[] not null,
  -- by the calendar of the site, or of the installation; the last one does not belong to it
  from_day date not null,
  until_day date not null default 'infinity',
  -- the whole of it, as it was put
  content jsonb not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  -- the subject as one number, which an exclusion can compare without an extension
  lane bigint not null generated always as (('x' || left(md5(tenant || chr(31) || kind || chr(31) || subject), 16))::bit(64)::bigint) stored,
  primary key (tenant, kind, key),
  check (from_day < until_day),
  constraint agreements_one_at_a_time
    exclude using gist (int8range(lane, lane, '[]') with =, daterange(from_day, until_day) with &&)
);
create index agreements_of_subject on agreements (tenant, kind, subject, from_day);
create index agreements_of_parties on agreements using gin (parties);

-- what a driver pays for a CDR that a partner has sent: one for each, and once it is there it stays
create table retail_prices (
  tenant text not null references tenants,
  -- whose CDR it is
  country_code text not null,
  party_id text not null,
  id text not null,
  key text not null generated always as (lower(id)) stored,
  partner text not null,
  serial bigint not null generated always as identity,
  -- due: nobody has looked yet; waiting: something is missing
  state text not null default 'due' check (state in ('due', 'waiting', 'priced')),
  -- what is missing
  reason text,
  -- of a credit: the one that it takes back, in lower case
  credit_of text,
  -- the party that is our own EMP
  emp text,
  -- the day on which the session began, by the calendar of the installation
  day date,
  retail jsonb,
  came_at timestamptz not null,
  priced_at timestamptz,
  primary key (tenant, country_code, party_id, key),
  check ((state = 'waiting') = (reason is not null)),
  check ((state = 'priced') = (retail is not null and priced_at is not null and emp is not null and day is not null))
);
create unique index retail_prices_by_serial on retail_prices (tenant, serial);
create index retail_prices_due on retail_prices (tenant, serial) where state = 'due';
create index retail_prices_waiting on retail_prices (tenant, serial) where state = 'waiting';

create function retail_price_stays() returns trigger language plpgsql as $$
begin
  raise exception 'the price of CDR % of % % stays as it is', old.id, old.country_code, old.party_id using errcode = '55000';
end $$;
create trigger retail_price_stays before update or delete on retail_prices
  for each row when (old.state = 'priced') execute function retail_price_stays();

-- A CDR that is kept waits for its price from the same commit on; so none is forgotten, however it came.
create function received_cdr_waits_for_its_price() returns trigger language plpgsql as $$
begin
  insert into retail_prices (tenant, country_code, party_id, id, partner, came_at)
    values (new.tenant, new.country_code, new.party_id, new.id, new.partner, new.received_at) on conflict do nothing;
  insert into outbox (tenant, kind, key)
    values (new.tenant, 'retail', new.country_code || '*' || new.party_id || '/' || new.key) on conflict do nothing;
  return null;
end $$;
create trigger received_cdr_waits_for_its_price after insert on roaming_received
  for each row when (new.module = 'cdrs') execute function received_cdr_waits_for_its_price();

insert into retail_prices (tenant, country_code, party_id, id, partner, came_at)
  select tenant, country_code, party_id, id, partner, received_at from roaming_received where module = 'cdrs' order by serial;
insert into outbox (tenant, kind, key) select distinct tenant, 'retail', 'all' from retail_prices on conflict do nothing;

-- an owner sees what was agreed with it; what is resold, and what drivers pay, is nobody's but the tenant's
select scope_table('agreements', 'kind = ''site'' and parties @> array[scope_now() ->> ''owner'']');

grant select, insert, update, delete on agreements to sm_app;
grant select, insert, update on retail_prices to sm_app;

do $$
declare
  t text;
begin
  foreach t in array array['agreements', 'retail_prices'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
