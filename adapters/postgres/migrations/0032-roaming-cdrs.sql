-- How drivers of roaming partners were let in, and accounts on their way to the partners.

-- Each time that a partner has said yes to one of its drivers: asked when a token was presented, or by an order of its own.
-- Of a session the last one of its time counts (OCPI 2.3.0 mod_cdrs, auth_method); where there is none, the token was in
-- our list. Whoever writes one names what it is for as well as it is known: the session, the order, or the charge point at
-- which the token was presented.
create table roaming_authorizations (
  tenant text not null references tenants,
  serial bigint not null generated always as identity,
  partner text not null,
  method text not null check (method in ('AUTH_REQUEST', 'COMMAND')),
  -- as the partner has given it; the last one that is given stays
  authorization_reference text,
  -- by our clock
  at timestamptz not null,
  session uuid,
  -- the order of ours that it became: sessions say which one began them, and reservations too
  command uuid,
  -- null: any
  identity text,
  -- the driver, in the partner's words: the EMP's party in capitals, and the token as the EMP writes it
  country_code text not null,
  party_id text not null,
  uid text not null,
  key text not null generated always as (lower(uid)) stored,
  -- RFID, APP, EVCO, MAC, OTHER; null: as it is in our list, or OTHER
  type text,
  -- null: as it is in our list
  contract text,
  primary key (tenant, serial),
  foreign key (tenant, partner) references roaming_partners (tenant, id) on delete cascade
);
create index roaming_authorizations_of_token on roaming_authorizations (tenant, key, at);
create index roaming_authorizations_of_command on roaming_authorizations (tenant, command) where command is not null;
create index roaming_authorizations_of_session on roaming_authorizations (tenant, session) where session is not null;
grant select, insert, update, delete on roaming_authorizations to sm_app;
grant select, insert, delete on roaming_authorizations to sm_ingest;

-- An account, or the credit of one, on its way to the partner of its driver. The rows are the same as those of the books.
create table roaming_deliveries (
  tenant text not null,
  -- the partner
  target text not null,
  document uuid not null references documents (id),
  number bigint not null,
  state text not null default 'queued' check (state in ('queued', 'sending', 'accepted', 'refused', 'unclear', 'cancelled')),
  attempts integer not null default 0,
  forgiven integer not null default 0,
  doubtful boolean not null default false,
  next_at timestamptz,
  -- where the partner keeps it: the Location that it answered with
  reference text,
  reason text,
  changed_at timestamptz not null default now(),
  -- what must have come to its end before: of a credit its account, of what replaces an account the credit
  after uuid,
  -- the bytes that were sent, and in which version of OCPI they are; null = none were yet
  body bytea,
  version text,
  primary key (tenant, target, document)
);
create index roaming_deliveries_due on roaming_deliveries (tenant, target, (coalesce(next_at, changed_at)), number) where state in ('queued', 'sending');
create index roaming_deliveries_listed on roaming_deliveries (tenant, number desc, target);
create index roaming_deliveries_in_state on roaming_deliveries (tenant, state, number desc, target) where state <> 'accepted';

create table roaming_attempts (
  tenant text not null,
  target text not null,
  document uuid not null,
  attempt integer not null,
  began_at timestamptz not null,
  ended_at timestamptz,
  -- the partner was asked first whether it has it
  asked boolean not null default false,
  outcome text check (outcome in ('accepted', 'found', 'refused', 'unavailable', 'unclear')),
  detail text,
  primary key (tenant, target, document, attempt),
  foreign key (tenant, target, document) references roaming_deliveries
);
grant select, insert, update, delete on roaming_deliveries to sm_app;
grant select, insert, update on roaming_attempts to sm_app;

do $$
declare
  t text;
begin
  foreach t in array array['roaming_authorizations', 'roaming_deliveries', 'roaming_attempts'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
create policy ingest on roaming_authorizations to sm_ingest using (true) with check (true);

-- whose session an event is of, is looked for over all tenants
grant select on roaming_parties, parties, roaming_objects to sm_ingest;
grant select (registered_at) on roaming_partners to sm_ingest;
create policy ingest on roaming_parties for select to sm_ingest using (true);
create policy ingest on parties for select to sm_ingest using (true);
create policy ingest on roaming_objects for select to sm_ingest using (true);

-- An account that its partner can find is on its way to it in the same commit; so none is forgotten, whoever publishes. The
-- lane is locked as whoever begins it locks it, and so sees this one.
create function roaming_cdr_waits_for_its_delivery() returns trigger language plpgsql as $$
begin
  insert into roaming_lanes (tenant, partner, module) values (new.tenant, new.partner, 'cdrs') on conflict do nothing;
  perform 1 from roaming_lanes where tenant = new.tenant and partner = new.partner and module = 'cdrs' for share;
  insert into roaming_deliveries (tenant, target, document, number, changed_at, after)
    select d.tenant, new.partner, d.id, d.number, new.last_updated,
      case d.kind when 'credit' then d.cdr else (select x.id from credits x where x.tenant = d.tenant and x.cdr = c.replaces) end
    from documents d join cdrs c on c.id = d.cdr where d.tenant = new.tenant and d.id = new.source::uuid
    -- it could not be said before, and a person was told, or is about to be
    on conflict (tenant, target, document) do update set state = 'queued', reason = null, forgiven = roaming_deliveries.attempts,
      next_at = null, changed_at = excluded.changed_at
      where roaming_deliveries.state in ('refused', 'sending') and roaming_deliveries.body is null;
  insert into outbox (tenant, kind, key) values (new.tenant, 'roaming-cdrs', new.partner) on conflict do nothing;
  return null;
end $$;
create trigger roaming_cdr_waits_for_its_delivery after insert on roaming_objects
  for each row when (new.module = 'cdrs' and new.partner is not null) execute function roaming_cdr_waits_for_its_delivery();
