-- What partners find with us and tell us, how far each has been told, and what was exchanged with it.

-- An EMP that is one of our own: it has drivers here, and roams from here.
alter table parties add column is_ours boolean not null default false;

-- What may have changed for partners: keys, never contents. Whoever publishes reads the state as it is then.
create table roaming_dirty (
  tenant text not null references tenants,
  module text not null,
  -- what it is in our own terms: a site, a tariff, a token, a session, a document
  key text not null,
  -- not before
  due timestamptz not null,
  primary key (tenant, module, key)
);
create index roaming_dirty_due on roaming_dirty (due);

-- Up to which event the dirty keys were collected (D-17).
create table roaming_feed (
  single boolean primary key default true check (single),
  xid xid8 not null,
  id bigint not null
);

create table roaming_objects (
  tenant text not null references tenants,
  module text not null check (module in ('locations', 'tariffs', 'tokens', 'sessions', 'cdrs')),
  country_code text not null,
  party_id text not null,
  id text not null,
  key text not null generated always as (lower(id)) stored,
  -- the only one who may see it
  partner text,
  serial bigint not null,
  revision bigint not null,
  last_updated timestamptz not null,
  is_removed boolean not null default false,
  body jsonb not null,
  -- what it was made of, in our own terms
  source text not null,
  primary key (tenant, module, country_code, party_id, key)
);
create unique index roaming_objects_by_serial on roaming_objects (tenant, module, serial);
create unique index roaming_objects_by_revision on roaming_objects (tenant, module, revision);
create index roaming_objects_by_update on roaming_objects (tenant, module, last_updated);
create index roaming_objects_by_partner on roaming_objects (tenant, module, partner, serial) where partner is not null;
create index roaming_objects_by_source on roaming_objects (tenant, module, source);

-- One number for all objects of a tenant, drawn under its row lock: so publishing is in one line.
create table roaming_publishers (
  tenant text primary key references tenants,
  serial bigint not null default 0,
  revision bigint not null default 0,
  -- the last stamp: last_updated never goes back
  stamped_at timestamptz not null default to_timestamp(0)
);

create table roaming_lanes (
  tenant text not null,
  partner text not null,
  module text not null,
  -- up to which revision everything is pushed, or kept among what is tried again
  revision bigint not null default 0,
  faults integer not null default 0,
  paused_until timestamptz,
  -- one process at a time looks after it
  held_by text,
  held_until timestamptz,
  primary key (tenant, partner, module),
  foreign key (tenant, partner) references roaming_partners (tenant, id) on delete cascade
);

create table roaming_received (
  tenant text not null references tenants,
  module text not null check (module in ('locations', 'tariffs', 'tokens', 'sessions', 'cdrs')),
  country_code text not null,
  party_id text not null,
  id text not null,
  key text not null generated always as (lower(id)) stored,
  partner text not null,
  serial bigint not null generated always as identity,
  last_updated timestamptz not null,
  received_at timestamptz not null,
  is_removed boolean not null default false,
  body jsonb not null,
  primary key (tenant, module, country_code, party_id, key)
);
create index roaming_received_by_partner on roaming_received (tenant, module, partner, serial);

-- The roaming ledger.
create table roaming_exchanges (
  tenant text not null references tenants,
  serial bigint not null generated always as identity,
  partner text not null,
  kind text not null check (kind in ('push', 'pull', 'ask', 'told', 'pulled', 'asked')),
  module text not null,
  method text not null,
  object text,
  at timestamptz not null,
  took_ms integer not null,
  attempt integer not null,
  bytes_out integer not null,
  bytes_in integer not null,
  status integer,
  code integer,
  result text not null check (result in ('done', 'refused', 'failed', 'unclear')),
  detail text,
  primary key (tenant, serial)
);
create index roaming_exchanges_of_partner on roaming_exchanges (tenant, partner, serial desc);
create index roaming_exchanges_by_time on roaming_exchanges using brin (at);

grant select, insert, update, delete on roaming_dirty, roaming_feed, roaming_objects, roaming_publishers, roaming_lanes, roaming_received to sm_app;
grant select, insert, delete on roaming_exchanges to sm_app;
-- what concerns no tenant alone: collecting, finding what is due, removing what is old
grant select, insert, update, delete on roaming_dirty, roaming_feed to sm_ingest;
grant select on roaming_lanes to sm_ingest;
grant select, delete on roaming_exchanges to sm_ingest;

do $$
declare
  t text;
begin
  foreach t in array array['roaming_dirty', 'roaming_objects', 'roaming_publishers', 'roaming_lanes', 'roaming_received', 'roaming_exchanges'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;

create policy ingest on roaming_dirty to sm_ingest using (true) with check (true);
create policy ingest on roaming_lanes for select to sm_ingest using (true);
create policy ingest on roaming_exchanges to sm_ingest using (true) with check (true);
