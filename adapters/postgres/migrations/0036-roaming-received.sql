-- What we make of partners' objects, and what is done about partners from time to time: pulling their lists, reconciling.

-- what we found when a CDR was worked out again
alter table roaming_received add column verdict jsonb;
-- the last crawl that found it: what a whole crawl did not find is no more
alter table roaming_received add column crawl bigint;
create index roaming_received_by_update on roaming_received (tenant, module, partner, last_updated);

create table roaming_chores (
  tenant text not null,
  partner text not null,
  kind text not null check (kind in ('pull', 'reconcile')),
  module text not null check (module in ('locations', 'tariffs', 'tokens', 'sessions', 'cdrs')),
  state text not null check (state in ('waiting', 'running', 'done', 'failed')),
  -- not before
  due timestamptz not null,
  -- the registration that it is of: after a new one everything is pulled again
  registered_at timestamptz,
  -- what is wanted of it: everything, or what has changed since when
  wanted jsonb not null,
  -- drawn anew for each run; a crawl is named by it
  run bigint not null,
  attempt integer not null default 0,
  -- by the partner's list and by what was done of it, while it runs and when it is over
  progress jsonb not null,
  began_at timestamptz,
  ended_at timestamptz,
  -- the last that ended well, whole and in part
  whole_at timestamptz,
  done_at timestamptz,
  detail text,
  held_by text,
  held_until timestamptz,
  primary key (tenant, partner, kind, module),
  foreign key (tenant, partner) references roaming_partners (tenant, id) on delete cascade
);
create index roaming_chores_due on roaming_chores (due);
create sequence roaming_runs;

create index roaming_exchanges_of_object on roaming_exchanges (tenant, lower(object), serial desc) where object is not null;

grant select, insert, update, delete on roaming_chores to sm_app;
grant usage on sequence roaming_runs to sm_app;
-- what is due is looked for over all tenants
grant select (tenant, partner, kind, module, due, held_until) on roaming_chores to sm_ingest;
grant select (endpoints, registered_at) on roaming_partners to sm_ingest;

alter table roaming_chores enable row level security;
create policy app on roaming_chores to sm_app using (tenant = current_setting('sm.tenant', true)) with check (tenant = current_setting('sm.tenant', true));
create policy ingest on roaming_chores for select to sm_ingest using (true);
