-- Tariffs as operators keep them: versions that never change, and which sessions each tariff is for. Whatever was in force
-- once is still here, so that a session is priced by what was in force when it began, however late that is done.

create table tariffs (
  tenant text not null references tenants,
  id text not null,
  -- the newest
  version integer not null check (version > 0),
  changed_at timestamptz not null,
  -- nobody sees it any more, and no session that begins from then on is priced by it
  removed_at timestamptz,
  primary key (tenant, id)
);
create unique index tariffs_any_case on tariffs (tenant, lower(id));

create table tariff_versions (
  tenant text not null,
  id text not null,
  version integer not null check (version > 0),
  -- a Tariff without its id and version (core/pricing/tariff.ts)
  content jsonb not null,
  created_at timestamptz not null,
  -- from when it counts: earlier than it was created only as far as it says so itself, and nothing else was in its place
  since timestamptz not null,
  -- when the tariff was removed, if this version was there then
  removed_at timestamptz,
  primary key (tenant, id, version),
  foreign key (tenant, id) references tariffs (tenant, id)
);

create function tariff_versions_never_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.removed_at is null and new.removed_at is not null
    and (new.tenant, new.id, new.version, new.content, new.created_at, new.since)
      is not distinct from (old.tenant, old.id, old.version, old.content, old.created_at, old.since)
  then
    return new;
  end if;
  raise exception 'a version of a tariff is never changed or deleted: write a new one';
end $$;
create trigger tariff_versions_never_change before update or delete on tariff_versions
  for each row execute function tariff_versions_never_change();

create table tariff_assignments (
  serial bigint generated always as identity primary key,
  tenant text not null references tenants,
  id text not null,
  tariff text not null,
  -- whose sessions, and where: as they are shown, and as they are looked for (core/pricing/assignment.ts)
  drivers jsonb not null,
  place jsonb not null,
  drivers_key text not null,
  place_key text not null,
  -- as its operator has dated it; the end is excluded
  starts_at timestamptz,
  ends_at timestamptz,
  changed_at timestamptz not null,
  since timestamptz not null,
  -- when another has taken its place, or it was removed
  ended_at timestamptz,
  foreign key (tenant, tariff) references tariffs (tenant, id)
);
create unique index tariff_assignments_in_force on tariff_assignments (tenant, lower(id)) where ended_at is null;
create index tariff_assignments_by_place on tariff_assignments (tenant, place_key, drivers_key);
create index tariff_assignments_of_tariff on tariff_assignments (tenant, tariff) where ended_at is null;

create function tariff_assignments_only_end() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.ended_at is null and new.ended_at is not null
    and (new.serial, new.tenant, new.id, new.tariff, new.drivers, new.place, new.drivers_key, new.place_key, new.starts_at, new.ends_at, new.changed_at, new.since)
      is not distinct from (old.serial, old.tenant, old.id, old.tariff, old.drivers, old.place, old.drivers_key, old.place_key, old.starts_at, old.ends_at, old.changed_at, old.since)
  then
    return new;
  end if;
  raise exception 'an assignment of a tariff is never changed or deleted: it ends, and another takes its place';
end $$;
create trigger tariff_assignments_only_end before update or delete on tariff_assignments
  for each row execute function tariff_assignments_only_end();

grant select, insert, update on tariffs to sm_app;
grant select, insert on tariff_versions, tariff_assignments to sm_app;
grant update (removed_at) on tariff_versions to sm_app;
grant update (ended_at) on tariff_assignments to sm_app;

do $$
declare
  t text;
begin
  foreach t in array array['tariffs', 'tariff_versions', 'tariff_assignments'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
