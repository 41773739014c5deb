-- Hubs that speak OICP: what each is told of our EVSEs, its sessions, and the CDRs that are for it.

alter table roaming_partners
  add column protocol text not null default 'ocpi' check (protocol in ('ocpi', 'oicp')),
  -- how it is reached, and what it has to know of us
  add column oicp jsonb,
  add constraint roaming_partners_oicp check ((protocol = 'oicp') = (oicp is not null));

-- One line an operation: its requests go one after the other, whichever process sends them.
create table oicp_lanes (
  tenant text not null,
  partner text not null,
  operation text not null check (operation in ('survey', 'evseData', 'evseStatus', 'cdr', 'notification')),
  -- of surveys: up to which revision of our objects everything is taken into the tables below
  locations bigint not null default 0,
  sessions bigint not null default 0,
  cdrs bigint not null default 0,
  -- of pushes: the next one is of everything
  is_full boolean not null default true,
  faults integer not null default 0,
  reason text,
  paused_until timestamptz,
  -- one process at a time looks after it
  held_by text,
  held_until timestamptz,
  primary key (tenant, partner, operation),
  foreign key (tenant, partner) references roaming_partners (tenant, id) on delete cascade
);

create table oicp_evses (
  tenant text not null,
  partner text not null,
  evse_id text not null,
  -- the location of ours that it is in: its owner and its id
  location text not null,
  -- what it is to have; null: it is to have it no more
  wanted jsonb,
  wanted_status text,
  -- what it has said that it has
  told jsonb,
  told_status text,
  -- what it has refused to have, and why
  refused jsonb,
  reason text,
  primary key (tenant, partner, evse_id),
  foreign key (tenant, partner) references roaming_partners (tenant, id) on delete cascade
);
create index oicp_evses_of_location on oicp_evses (tenant, partner, location);
create index oicp_evses_to_tell on oicp_evses (tenant, partner, evse_id) where wanted is distinct from told and wanted is distinct from refused;
create index oicp_evses_status_to_tell on oicp_evses (tenant, partner, evse_id) where told is not null and wanted_status is distinct from told_status;

-- Processes that a hub has begun at our EVSEs, or that we have asked it about.
create table oicp_sessions (
  tenant text not null,
  partner text not null,
  -- the hub's name for it
  session text not null,
  kind text not null check (kind in ('card', 'remote', 'reservation')),
  emp_session text,
  provider text,
  evse_id text,
  identification jsonb,
  -- of what is begun from afar: the order that it became
  charge_point text,
  command uuid,
  -- what was told of it last, and when
  told text,
  told_at timestamptz,
  created_at timestamptz not null,
  primary key (tenant, partner, session),
  foreign key (tenant, partner) references roaming_partners (tenant, id) on delete cascade
);
create index oicp_sessions_by_command on oicp_sessions (tenant, command) where command is not null;
create index oicp_sessions_by_time on oicp_sessions (created_at);

create table oicp_cdrs (
  tenant text not null,
  partner text not null,
  -- ours
  id text not null,
  -- the hub's session: it takes one of each
  session text,
  state text not null check (state in ('waiting', 'sending', 'sent', 'refused', 'kept')),
  -- as it is sent, always the same
  record jsonb,
  attempts integer not null default 0,
  next_at timestamptz,
  reason text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (tenant, partner, id),
  foreign key (tenant, partner) references roaming_partners (tenant, id) on delete cascade
);
create index oicp_cdrs_to_send on oicp_cdrs (tenant, partner, created_at) where state in ('waiting', 'sending');

-- What is to be told of sessions that go on.
create table oicp_notices (
  tenant text not null,
  partner text not null,
  -- ours
  id text not null,
  body jsonb not null,
  next_at timestamptz not null,
  primary key (tenant, partner, id),
  foreign key (tenant, partner) references roaming_partners (tenant, id) on delete cascade
);

grant select, insert, update, delete on oicp_lanes, oicp_evses, oicp_sessions, oicp_cdrs, oicp_notices to sm_app;
-- whom there is to look after is looked for over all tenants, and what is old is removed
grant select (tenant, id, state, protocol) on roaming_partners to sm_ingest;
grant select, delete on oicp_sessions to sm_ingest;

do $$
declare
  t text;
begin
  foreach t in array array['oicp_lanes', 'oicp_evses', 'oicp_sessions', 'oicp_cdrs', 'oicp_notices'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;

create policy ingest on oicp_sessions to sm_ingest using (true) with check (true);
