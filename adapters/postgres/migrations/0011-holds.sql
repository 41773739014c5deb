-- What readings say of energy beside their register; null for nearly all sessions.
alter table sessions add column begin_mwh bigint;
alter table sessions add column end_mwh bigint;
alter table sessions add column intervals jsonb;
-- Sessions that came before one, of the same charge point: looked for once, when its CDR is written.
create index sessions_in_time on sessions (tenant, identity, started_at);

-- The most that one connector can deliver, in W; null = as much as any outlet for cars.
alter table charge_points add column max_power_w integer check (max_power_w > 0);

-- Why a CDR is held, and what became of it. The row stays when it is released: what the session itself said is kept here,
-- so that only what changes that is a reason for a credit.
create table cdr_holds (
  cdr uuid primary key references cdrs,
  tenant text not null,
  held_at timestamptz not null,
  reasons jsonb not null,
  proposal jsonb,
  released_at timestamptz,
  measured jsonb,
  check ((released_at is null) = (measured is null))
);
create function cdr_holds_end() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.released_at is not null then
    raise exception 'a hold is never deleted, and never changed once its CDR is issued';
  end if;
  return new;
end $$;
create trigger cdr_holds_end before update or delete on cdr_holds for each row execute function cdr_holds_end();

-- A CDR that is held may be written anew or issued; whose it is never changes, and what was issued stays as it is.
create function cdr_changes_only_while_held() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.state = 'held' and new.state in ('held', 'issued')
    and (new.id, new.tenant, new.version, new.replaces, new.session, new.identity, new.evse, new.connector, new.token, new.contract, new.created_at)
      is not distinct from (old.id, old.tenant, old.version, old.replaces, old.session, old.identity, old.evse, old.connector, old.token, old.contract, old.created_at)
  then
    return new;
  end if;
  raise exception 'a CDR is never changed or deleted: write a credit and a new version';
end $$;
drop trigger cdrs_never_change on cdrs;
create trigger cdrs_never_change before update or delete on cdrs for each row execute function cdr_changes_only_while_held();
create index cdrs_held on cdrs (tenant, id desc) where state = 'held';

-- Who did what, when, and what it was before (S-19). Each row carries the digest of the one before: whoever changes a row
-- breaks the chain after it. The text is the entry; the columns beside it are made of it.
create table audit (
  tenant text not null references tenants,
  serial bigint not null,
  entry text not null,
  action text not null generated always as (entry::jsonb ->> 'action') stored,
  subject text not null generated always as (entry::jsonb ->> 'subject') stored,
  previous bytea not null,
  digest bytea not null,
  primary key (tenant, serial)
);
create index audit_of_subject on audit (tenant, subject, serial desc);

create function audit_digest(previous bytea, tenant text, serial bigint, entry text) returns bytea language sql stable parallel safe as
  $$ select sha256(previous || convert_to(tenant || E'\n' || serial || E'\n' || entry, 'UTF8')) $$;

create function audit_chained() returns trigger language plpgsql as $$
declare
  last record;
begin
  perform pg_advisory_xact_lock(hashtext('stationmaster.audit'), hashtext(new.tenant));
  select a.serial, a.digest into last from audit a where a.tenant = new.tenant order by a.serial desc limit 1;
  new.serial := coalesce(last.serial, 0) + 1;
  new.previous := coalesce(last.digest, decode(repeat('00', 32), 'hex'));
  new.digest := audit_digest(new.previous, new.tenant, new.serial, new.entry);
  return new;
end $$;
create trigger audit_chained before insert on audit for each row execute function audit_chained();

create function audit_never_changes() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only ever added to';
end $$;
create trigger audit_never_changes before update or delete on audit for each row execute function audit_never_changes();
create trigger audit_is_never_emptied before truncate on audit for each statement execute function audit_never_changes();

grant update (started_at, ended_at, energy_mwh, duration_ms, stop_reason, state, notes) on cdrs to sm_app;
grant select, insert, update on cdr_holds to sm_app;
grant select, insert on audit to sm_app;

do $$
declare
  t text;
begin
  foreach t in array array['cdr_holds', 'audit'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
