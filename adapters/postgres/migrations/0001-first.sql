-- The first schema: tenants, charge points, sessions and their facts, CDRs, orders, and who may see what.
--
-- Run by sm_owner only. Run-time roles, none of them owner or superuser (D-14):
--   sm_ingest  journal, current state, deadlines, relay: every tenant, only the tables it writes
--   sm_app     API, console, jobs: only the tenant named by sm.tenant in the same transaction; unset = no rows

-- Times travel as whole milliseconds since 1970 UTC, exactly.
create function ms(t timestamptz) returns bigint language sql immutable strict parallel safe as
  $$ select (extract(epoch from t) * 1000)::bigint $$;
create function at_ms(millis bigint) returns timestamptz language sql immutable strict parallel safe as
  $$ select 'epoch'::timestamptz + millis * interval '1 millisecond' $$;

create table tenants (
  tenant text primary key,
  name text not null,
  created_at timestamptz not null default now()
);
insert into tenants (tenant, name) values ('default', 'Default');

create table charge_points (
  tenant text not null references tenants,
  identity text not null,
  salt bytea,
  hash bytea,
  registration text not null default 'accepted' check (registration in ('accepted', 'pending', 'rejected')),
  blocked boolean not null default false,
  vendor text,
  model text,
  serial text,
  firmware text,
  iccid text,
  imsi text,
  meter_type text,
  meter_serial text,
  booted_at timestamptz,
  boot_epoch bigint not null default 0,
  created_at timestamptz not null default now(),
  primary key (tenant, identity)
);
create unique index charge_points_any_case on charge_points (tenant, lower(identity));

-- Narrow, because it is written at every connect: who holds the socket, and the epoch that fences late writers (D-5).
create table connections (
  tenant text not null,
  identity text not null,
  epoch bigint not null default 0,
  worker text,
  protocol text,
  address text,
  connected_at timestamptz,
  last_seen timestamptz,
  closed_at timestamptz,
  close_code integer,
  primary key (tenant, identity),
  foreign key (tenant, identity) references charge_points on delete cascade
) with (fillfactor = 50);

-- The next OCPP 1.6 transaction id: starts at random, so that ids a station brought from elsewhere do not meet ours.
create table transaction_counters (
  tenant text not null,
  identity text not null,
  next bigint not null check (next between 1 and 2147483647),
  primary key (tenant, identity),
  foreign key (tenant, identity) references charge_points on delete cascade
) with (fillfactor = 50);

create table connectors (
  tenant text not null,
  identity text not null,
  evse integer not null,
  connector integer not null,
  status text not null,
  error_code text not null default 'NoError',
  info text,
  vendor_id text,
  vendor_error_code text,
  irregular boolean not null default false,
  reported_at timestamptz not null,
  epoch bigint not null,
  primary key (tenant, identity, evse, connector),
  foreign key (tenant, identity) references charge_points on delete cascade
) with (fillfactor = 70);

-- Workers that live: a connection counts as online only while its worker does.
create table workers (
  worker text primary key,
  host text not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);

create table tokens (
  tenant text not null references tenants,
  issuer text not null default '',
  type text not null check (type in ('RFID', 'APP', 'EVCO', 'MAC', 'OTHER')),
  uid text not null,
  status text not null check (status in ('Accepted', 'Blocked', 'Expired', 'Invalid')),
  group_id text,
  expires_at timestamptz,
  contract text,
  created_at timestamptz not null default now()
);
create unique index tokens_any_case on tokens (tenant, issuer, type, lower(uid));
create index tokens_by_uid on tokens (tenant, lower(uid));

create table sessions (
  id uuid primary key,
  tenant text not null,
  identity text not null,
  day date not null,
  start_key uuid not null,
  transaction text,
  evse integer not null,
  connector integer not null,
  token text,
  auth jsonb,
  started_at timestamptz,
  meter_start_mwh bigint,
  ended_at timestamptz,
  meter_stop_mwh bigint,
  stop_key uuid,
  stop_reason text,
  stop_token text,
  stop_auth jsonb,
  first_register_at timestamptz,
  first_register_mwh bigint,
  last_register_at timestamptz,
  last_register_mwh bigint,
  inferred_by text,
  command uuid,
  flags text[] not null default '{}',
  state text not null check (state in ('open', 'ended', 'closed', 'inferred', 'orphan')),
  version integer not null
) with (fillfactor = 70);
create unique index sessions_by_start on sessions (tenant, identity, start_key);
create unique index sessions_by_transaction on sessions (tenant, identity, transaction) where transaction is not null;
create index sessions_open on sessions (tenant, identity, connector) where state = 'open';
create index sessions_listed on sessions (tenant, id desc);

-- Facts and samples are filed under the UTC day on which their session was opened (D-18); no default partition.
create table facts (
  day date not null,
  tenant text not null,
  identity text not null,
  key uuid not null,
  kind text not null,
  session uuid,
  at timestamptz not null,
  received_at timestamptz not null,
  protocol text not null,
  flags text[] not null default '{}',
  wire bytea not null,
  traceparent text,
  primary key (day, tenant, identity, key)
) partition by range (day);
create index facts_by_session on facts (session) where session is not null;

create table samples (
  day date not null,
  session uuid not null,
  at timestamptz not null,
  key uuid not null,
  tenant text not null,
  received_at timestamptz not null,
  register_mwh bigint,
  protocol text not null,
  reading text not null,
  primary key (day, session, at, key)
) partition by range (day);
create index samples_in_time on samples using brin (received_at);

-- Makes the partitions of one day; answers true when there was anything to make. Names carry the day: facts_20261124.
create function ensure_day(of date) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
  base text;
  made boolean := false;
begin
  foreach base in array array['facts', 'samples'] loop
    if to_regclass(format('%I', base || to_char(of, '_YYYYMMDD'))) is null then
      perform pg_advisory_xact_lock(hashtext('stationmaster.ensure_day'));
      execute format('create table if not exists %I partition of %I for values from (%L) to (%L)', base || to_char(of, '_YYYYMMDD'), base, of, of + 1);
      made := true;
    end if;
  end loop;
  return made;
end $$;

create table quarantine (
  id bigint generated always as identity primary key,
  tenant text not null,
  identity text not null,
  received_at timestamptz not null,
  action text not null,
  reason text not null,
  wire bytea not null
);

create table deadlines (
  tenant text not null,
  kind text not null,
  key text not null,
  due timestamptz not null,
  reason text not null default '',
  primary key (tenant, kind, key)
);
create index deadlines_due on deadlines (due);

create table outbox (
  id bigint generated always as identity primary key,
  tenant text not null,
  kind text not null,
  key text not null,
  traceparent text,
  created_at timestamptz not null default now(),
  relayed_at timestamptz,
  unique (tenant, kind, key)
);
create index outbox_waiting on outbox (relayed_at nulls first, id);

create table cdrs (
  id uuid primary key,
  tenant text not null,
  version integer not null,
  replaces uuid references cdrs,
  session uuid not null references sessions,
  identity text not null,
  evse integer not null,
  connector integer not null,
  token text,
  contract text,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  energy_mwh bigint not null check (energy_mwh >= 0),
  duration_ms bigint not null check (duration_ms >= 0),
  stop_reason text not null,
  state text not null check (state in ('held', 'issued', 'credited')),
  notes text[] not null default '{}',
  created_at timestamptz not null default now(),
  unique (tenant, session, version)
);
create index cdrs_listed on cdrs (tenant, id desc);

create function cdrs_never_change() returns trigger language plpgsql as $$
begin
  raise exception 'a CDR is never changed or deleted: write a credit and a new version';
end $$;
create trigger cdrs_never_change before update or delete on cdrs for each row execute function cdrs_never_change();

create table commands (
  id uuid primary key,
  tenant text not null,
  identity text not null,
  type text not null,
  command_order jsonb not null,
  state text not null check (state in ('queued', 'sent', 'answered', 'done', 'cancelled')),
  outcome text,
  reason text,
  session uuid,
  answer jsonb,
  created_at timestamptz not null,
  deadline timestamptz not null,
  history jsonb not null default '[]'
);
create index commands_listed on commands (tenant, identity, id desc);

create table expectations (
  command uuid primary key references commands on delete cascade,
  tenant text not null,
  identity text not null,
  effect jsonb not null,
  until timestamptz not null
);
create index expectations_of on expectations (tenant, identity);

-- What others follow: written in the commit that causes it, read below the oldest running transaction (D-17).
create table events (
  xid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  tenant text not null,
  type text not null,
  subject text not null,
  at timestamptz not null,
  data jsonb not null,
  primary key (xid, id)
);
create index events_at on events using brin (at);

create table api_keys (
  id uuid primary key,
  tenant text references tenants,
  label text not null,
  lookup bytea not null unique,
  salt bytea not null,
  hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
comment on column api_keys.tenant is 'null = platform key: it names the tenant in SM-Tenant';

-- The first answer to an Idempotency-Key, kept for a day (INV-17).
create table idempotency (
  tenant text not null,
  key text not null,
  fingerprint uuid not null,
  status integer,
  body jsonb,
  created_at timestamptz not null default now(),
  primary key (tenant, key)
);

-- Rights -----------------------------------------------------------------------------------------------------------

grant usage on schema public to sm_ingest, sm_app;
grant execute on function ensure_day(date) to sm_ingest;

grant select on tenants, charge_points, tokens, commands to sm_ingest;
grant update (vendor, model, serial, firmware, iccid, imsi, meter_type, meter_serial, booted_at, boot_epoch) on charge_points to sm_ingest;
grant update (state, outcome, reason, session, answer, history) on commands to sm_ingest;
grant select, insert, update on connections, transaction_counters, connectors, workers, sessions, facts, samples, deadlines, outbox to sm_ingest;
grant delete on workers, deadlines, expectations to sm_ingest;
grant insert, select on quarantine, events to sm_ingest;
grant insert, select on expectations to sm_ingest;
grant delete on events to sm_ingest;
grant insert, select on api_keys to sm_ingest;

grant select, insert, update, delete on charge_points, tokens, commands, expectations, idempotency to sm_app;
grant select, insert, update on connections, transaction_counters, sessions, api_keys, deadlines to sm_app;
grant select on connectors, facts, samples, quarantine, events, workers, outbox, tenants to sm_app;
grant insert, select on cdrs, events to sm_app;
grant delete on outbox to sm_app;
grant delete on connections, connectors, transaction_counters to sm_app;
grant insert on outbox to sm_app;

do $$
declare
  t text;
begin
  foreach t in array array['charge_points', 'connections', 'transaction_counters', 'connectors', 'tokens', 'sessions', 'facts', 'samples',
    'quarantine', 'deadlines', 'outbox', 'cdrs', 'commands', 'expectations', 'events', 'api_keys', 'idempotency', 'tenants'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy ingest on %I to sm_ingest using (true) with check (true)', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;

-- Which tenant a key belongs to must be known before there is a tenant: one narrow door, by the keyed hash of the key.
create function api_key_by_lookup(wanted bytea) returns setof api_keys language sql stable security definer set search_path = public, pg_temp as
  $$ select * from api_keys where lookup = wanted $$;
revoke all on function api_key_by_lookup(bytea) from public;
grant execute on function api_key_by_lookup(bytea) to sm_app;
