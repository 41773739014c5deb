-- What orders need beyond their first message, and what is known of a station from its answers.

-- The station's own name for an order, where OCPP wants a whole number: request, reservation, charging profile.
create sequence command_numbers as integer minvalue 1 maxvalue 2147483647 cycle;
grant usage on sequence command_numbers to sm_app;
alter table commands
  add column number integer not null default nextval('command_numbers'),
  -- it may wait until its station is connected
  add column waits boolean not null default false,
  -- what the station is told to present in place of the token (a remote start of OCPP 1.6)
  add column tag text,
  add column token text;
create index commands_waiting on commands (tenant, identity) where state = 'queued' and waits;
create index commands_by_tag on commands (tenant, tag) where tag is not null;

alter table tenants
  add column registration text not null default 'accepted' check (registration in ('accepted', 'pending', 'rejected')),
  -- the O of its stations' certificates, and CpoName in their configuration
  add column organisation text;
comment on column tenants.registration is 'of charge points that are registered without one of their own';

alter table charge_points
  -- a password that was sent and may be in force: until one of the two is used, both count (S-04)
  add column next_salt bytea,
  add column next_hash bytea,
  add column next_after_boot boolean not null default false,
  -- the profile it was told to raise itself to; the floor once it has come with it
  add column next_profile smallint check (next_profile between 0 and 3),
  -- what it charges with: {kind, volts, phases}; null = three phases of 230 V
  add column supply jsonb,
  add column remote_start text not null default 'tag' check (remote_start in ('tag', 'token'));

alter table tokens
  -- sessions at the same time; null = any number
  add column most_sessions integer check (most_sessions > 0),
  -- for so long a station may rely on an answer while it is offline; null = as long as the token is valid
  add column cache_s integer check (cache_s > 0);
create index sessions_open_by_token on sessions (tenant, lower(token)) where state = 'open';

-- What was read of a station's configuration, and what it should be.
create table configuration (
  tenant text not null,
  identity text not null,
  key text not null,
  value text,
  readonly boolean not null default false,
  known boolean not null default true,
  reported_at timestamptz,
  desired text,
  desired_at timestamptz,
  after_boot boolean not null default false,
  primary key (tenant, identity, key),
  foreign key (tenant, identity) references charge_points on delete cascade
);
comment on column configuration.known is 'false = the station says that it has no such key';

create table local_lists (
  tenant text not null,
  identity text not null,
  version integer,
  entries jsonb not null default '[]',
  taken_at timestamptz,
  sent_version integer,
  sent_entries jsonb,
  primary key (tenant, identity),
  foreign key (tenant, identity) references charge_points on delete cascade
);
comment on column local_lists.sent_version is 'on its way, its answer still out';

-- Charging profiles that a station has taken, as we sent them.
create table charging_profiles (
  tenant text not null,
  identity text not null,
  id integer not null,
  evse integer not null,
  profile jsonb not null,
  taken_at timestamptz not null,
  primary key (tenant, identity, id),
  foreign key (tenant, identity) references charge_points on delete cascade
);

create table reservations (
  tenant text not null,
  id integer not null,
  identity text not null,
  evse integer not null,
  token text not null,
  group_id text,
  expires_at timestamptz not null,
  state text not null check (state in ('active', 'used', 'expired', 'cancelled', 'ended')),
  reason text,
  session uuid,
  command uuid not null,
  created_at timestamptz not null,
  primary key (tenant, id),
  foreign key (tenant, identity) references charge_points on delete cascade
);
create index reservations_active on reservations (tenant, identity) where state = 'active';

create table security_events (
  id bigint generated always as identity primary key,
  tenant text not null,
  identity text not null,
  key uuid not null,
  event text not null,
  critical boolean not null,
  at timestamptz not null,
  received_at timestamptz not null,
  info text,
  unique (tenant, identity, key)
);
create index security_events_listed on security_events (tenant, id desc);

create table installed_certificates (
  tenant text not null,
  identity text not null,
  use text not null,
  algorithm text not null,
  issuer_name text not null,
  issuer_key text not null,
  serial text not null,
  reported_at timestamptz not null,
  primary key (tenant, identity, use, algorithm, issuer_name, issuer_key, serial),
  foreign key (tenant, identity) references charge_points on delete cascade
);

grant select, insert, update, delete on configuration, local_lists, charging_profiles, installed_certificates to sm_app;
grant select, insert, update on reservations to sm_app;
grant select on security_events to sm_app;
grant update on tenants to sm_app;
grant select, insert on security_events to sm_ingest;
grant select, update on reservations to sm_ingest;
grant update (next_salt, next_hash, next_after_boot, next_profile, security_profile, salt, hash) on charge_points to sm_ingest;
grant update (after_boot, value) on configuration to sm_ingest;
grant select on configuration to sm_ingest;

do $$
declare
  t text;
begin
  foreach t in array array['configuration', 'local_lists', 'charging_profiles', 'reservations', 'security_events', 'installed_certificates'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy ingest on %I to sm_ingest using (true) with check (true)', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
