-- SIM cards of charge points: who provides them, where they are and were, what they use and cost, and what is done about them.

create table sim_providers (
  tenant text not null references tenants,
  id text not null,
  kind text not null,
  settings jsonb not null,
  -- sealed: what it is reached with
  secrets text,
  enabled boolean not null default true,
  changed_at timestamptz not null,
  -- attempts in a row that came to nothing; while they last it is asked seldom
  faults integer not null default 0,
  paused_until timestamptz,
  said text,
  -- its limit: nothing is asked before
  next_turn_at timestamptz not null default '-infinity',
  -- the process that asks it
  held_by text,
  held_until timestamptz,
  import_wanted boolean not null default false,
  import_cursor text,
  imported integer,
  imported_at timestamptz,
  primary key (tenant, id)
);

create table sims (
  tenant text not null references tenants,
  -- 19 digits
  iccid text not null,
  imsi text,
  eid text,
  imei text,
  -- null: nobody is known to have it; those who were asked and have it not are in `not_of`
  provider text,
  not_of text[] not null default '{}',
  state text not null default 'unknown' check (state in ('unknown', 'inactive', 'active', 'suspended', 'blocked', 'retired')),
  -- how it stood with the network when its provider was asked last
  connectivity jsonb,
  connectivity_at timestamptz,
  events jsonb not null default '[]',
  station text,
  station_since timestamptz,
  seen_at timestamptz,
  asked_at timestamptz,
  tried_at timestamptz,
  next_at timestamptz,
  -- up to here its usage is read
  usage_to date,
  -- the last month in which somebody was told that it is over its cap
  capped_in text,
  made_at timestamptz not null,
  primary key (tenant, iccid),
  foreign key (tenant, provider) references sim_providers (tenant, id) on delete set null (provider)
);
create index sims_due on sims (tenant, provider, next_at) where provider is not null;
create index sims_of_nobody on sims (tenant, made_at) where provider is null;
create index sims_at on sims (tenant, station) where station is not null;
create index sims_anywhere on sims (iccid);

-- Where each was, and from when to when.
create table sim_stays (
  tenant text not null,
  iccid text not null,
  station text not null,
  from_at timestamptz not null,
  until_at timestamptz,
  primary key (tenant, iccid, from_at),
  foreign key (tenant, iccid) references sims on delete cascade
);

-- What each charge point has said of its SIM when it was last looked at: as it said it, and what that is.
create table station_sims (
  tenant text not null,
  identity text not null,
  iccid text,
  imsi text,
  sim text,
  fault text,
  at timestamptz not null,
  primary key (tenant, identity),
  foreign key (tenant, identity) references charge_points on delete cascade
);

create table sim_usage (
  tenant text not null,
  iccid text not null,
  day date not null,
  -- millionths of a megabyte
  data bigint not null,
  sms integer not null,
  -- it was active when it was looked at on that day
  active boolean not null default false,
  station text,
  primary key (tenant, iccid, day),
  foreign key (tenant, iccid) references sims on delete cascade
);

-- A month of a SIM, worked out once it is over.
create table sim_costs (
  tenant text not null,
  iccid text not null,
  month text not null,
  provider text not null,
  station text,
  currency text not null,
  data bigint not null,
  sms integer not null,
  net numeric not null,
  -- null: it is not in the general ledger yet
  posted_at timestamptz,
  primary key (tenant, iccid, month),
  foreign key (tenant, iccid) references sims on delete cascade
);
create index sim_costs_unposted on sim_costs (tenant, provider) where posted_at is null;

create table sim_commands (
  tenant text not null,
  id uuid not null,
  iccid text not null,
  type text not null check (type in ('reset', 'wakeUp', 'activate', 'suspend', 'look')),
  station text,
  state text not null check (state in ('queued', 'sent', 'waiting', 'done')),
  outcome text check (outcome in ('succeeded', 'rejected', 'failed', 'unclear', 'notSent')),
  reason text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  deadline timestamptz not null,
  sent_at timestamptz,
  doubtful boolean not null default false,
  primary key (tenant, id),
  foreign key (tenant, iccid) references sims on delete cascade,
  check ((state = 'done') = (outcome is not null))
);
create index sim_commands_of on sim_commands (tenant, iccid, created_at desc, id desc);
create index sim_commands_open on sim_commands (deadline) where state in ('queued', 'sent', 'waiting');

grant select, insert, update, delete on sim_providers, sims, sim_stays, station_sims, sim_usage, sim_costs, sim_commands to sm_app;
-- whoever boots is compared with what it said before
grant select on station_sims to sm_ingest;
-- whose SIM it is is looked for over all tenants, and so are commands that are due
grant select (tenant, iccid, provider, station) on sims to sm_ingest;
grant select (tenant, id, station, state, sent_at, deadline) on sim_commands to sm_ingest;

do $$
declare
  t text;
begin
  foreach t in array array['sim_providers', 'sims', 'sim_stays', 'station_sims', 'sim_usage', 'sim_costs', 'sim_commands'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
  foreach t in array array['sims', 'station_sims', 'sim_commands'] loop
    execute format('create policy ingest on %I for select to sm_ingest using (true)', t);
  end loop;
end $$;

-- Whoever is limited to places sees the SIMs that are in charge points there; what they cost, and where they were, is the tenant's.
select scope_table('station_sims', 'lower(identity) in (select scope_keys())');
select scope_table('sims', 'lower(station) in (select scope_keys())');
select scope_table('sim_usage', 'exists (select from sims s where s.tenant = sim_usage.tenant and s.iccid = sim_usage.iccid)');
select scope_table('sim_commands', 'exists (select from sims s where s.tenant = sim_commands.tenant and s.iccid = sim_commands.iccid)');

-- Charge points that were there before are looked at once.
insert into outbox (tenant, kind, key)
  select tenant, 'sim', 'boot/' || identity from charge_points where coalesce(iccid, imsi) is not null
  on conflict do nothing;
