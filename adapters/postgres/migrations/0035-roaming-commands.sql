-- What partners want of charging stations of ours, and what we want of theirs.

create table roaming_commands (
  tenant text not null references tenants,
  id uuid not null,
  partner text not null,
  type text not null,
  version text not null,
  response_url text not null,
  -- the party that wants it, and the party of ours that it is wanted of: country and party in one
  from_party text,
  to_party text,
  -- X-Request-ID
  request text,
  state text not null check (state in ('waiting', 'due', 'sending', 'kept', 'told', 'refused', 'lost')),
  -- the order that carries it out; its row may not be there yet
  carried_by uuid not null,
  charge_point text not null,
  session text,
  reservation text,
  due_at timestamptz not null,
  result jsonb,
  settled_at timestamptz,
  attempts integer not null default 0,
  next_at timestamptz,
  reason text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (tenant, id)
);
create index roaming_commands_under_way on roaming_commands (state, coalesce(next_at, due_at)) where state in ('waiting', 'due', 'sending', 'kept');
create index roaming_commands_by_order on roaming_commands (tenant, carried_by);
create index roaming_commands_by_request on roaming_commands (tenant, partner, request) where request is not null;
create index roaming_commands_by_reservation on roaming_commands (tenant, partner, lower(reservation), created_at desc) where reservation is not null;
create index roaming_commands_by_session on roaming_commands (tenant, session) where state = 'waiting';
create index roaming_commands_by_time on roaming_commands (created_at);

create table roaming_asked_commands (
  tenant text not null references tenants,
  id uuid not null,
  partner text not null,
  type text not null,
  body jsonb not null,
  -- of the address that its result goes to: nobody can read what that is
  address_hash bytea not null,
  from_party text,
  to_party text,
  state text not null check (state in ('asking', 'waiting', 'done', 'refused', 'failed', 'timedOut', 'withdrawn')),
  response text,
  result text,
  reason text,
  deadline timestamptz not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (tenant, id)
);
create unique index roaming_asked_commands_by_address on roaming_asked_commands (tenant, address_hash);
create index roaming_asked_commands_of_partner on roaming_asked_commands (tenant, partner, id desc);
create index roaming_asked_commands_overdue on roaming_asked_commands (deadline) where state in ('asking', 'waiting');
create index roaming_asked_commands_by_time on roaming_asked_commands (created_at);

grant select, insert, update, delete on roaming_commands, roaming_asked_commands to sm_app;
-- what is due is looked for over all tenants, and what is old is removed
grant select, delete on roaming_commands, roaming_asked_commands to sm_ingest;

do $$
declare
  t text;
begin
  foreach t in array array['roaming_commands', 'roaming_asked_commands'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;

create policy ingest on roaming_commands to sm_ingest using (true) with check (true);
create policy ingest on roaming_asked_commands to sm_ingest using (true) with check (true);
