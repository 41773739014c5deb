-- How charging went over time, for what is billed by it (parking): the states that sessions of 2.x tell of themselves, and
-- of 1.6 those of the connector, whoever charges there. It stays as long as the readings do.

create table charging_course (
  -- that of its session; of a connector's, the one on which we heard of it
  day date not null,
  tenant text not null,
  identity text not null,
  session uuid,
  evse integer not null,
  at timestamptz not null,
  -- of two at the same time the higher one is the later: the event's number, or when we heard of it
  seq bigint not null,
  state text not null check (state in ('idle', 'connected', 'charging', 'suspendedByVehicle', 'suspendedByStation')),
  unique nulls not distinct (day, tenant, identity, session, evse, at, seq)
) partition by range (day);

create or replace function ensure_day(of date) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
  base text;
  made boolean := false;
begin
  foreach base in array array['facts', 'samples', 'charging_course'] loop
    if to_regclass(format('%I', base || to_char(of, '_YYYYMMDD'))) is null then
      perform pg_advisory_xact_lock(hashtext('stationmaster.ensure_day'));
      execute format('create table if not exists %I partition of %I for values from (%L) to (%L)', base || to_char(of, '_YYYYMMDD'), base, of, of + 1);
      made := true;
    end if;
  end loop;
  return made;
end $$;

grant select, insert on charging_course to sm_ingest;
grant select on charging_course to sm_app;
alter table charging_course enable row level security;
create policy ingest on charging_course to sm_ingest using (true) with check (true);
create policy app on charging_course to sm_app using (tenant = current_setting('sm.tenant', true)) with check (tenant = current_setting('sm.tenant', true));
