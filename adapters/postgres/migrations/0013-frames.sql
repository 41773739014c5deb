-- The trace: frames of charge points, and what was heard and decided beside them. For looking at and for replay, never for
-- billing: it may be dropped, and it goes by whole days. Texts are masked before they come here (S-08, S-20).
create table frames (
  day date not null,
  tenant text not null,
  identity text not null,
  at timestamptz not null,
  -- in the order in which its worker noted them; unique beside the time
  serial bigint not null,
  kind text not null,
  direction text,
  action text,
  message_id text,
  latency_ms integer,
  verdict text,
  size integer not null,
  text text not null,
  primary key (tenant, identity, day, at, serial)
) partition by range (day);

grant select, insert on frames to sm_ingest;
grant select on frames to sm_app;
alter table frames enable row level security;
create policy ingest on frames to sm_ingest using (true) with check (true);
create policy app on frames to sm_app using (tenant = current_setting('sm.tenant', true)) with check (tenant = current_setting('sm.tenant', true));

-- Days of frames come and go by themselves: those of facts stay as long as there are sessions.
create function ensure_frames_day(of date) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
  name text := 'frames' || to_char(of, '_YYYYMMDD');
begin
  if to_regclass(format('%I', name)) is not null then
    return false;
  end if;
  perform pg_advisory_xact_lock(hashtext('stationmaster.ensure_frames_day'));
  execute format('create table if not exists %I partition of frames for values from (%L) to (%L)', name, of, of + 1);
  return true;
end $$;

-- Drops the days before this one; answers how many. Whoever is in its way keeps it waiting for two seconds, and it comes again.
create function drop_frames_before(of date) returns integer language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
declare
  name text;
  gone integer := 0;
begin
  for name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'frames'::regclass and c.relname < 'frames' || to_char(of, '_YYYYMMDD') order by c.relname
  loop
    execute format('drop table %I', name);
    gone := gone + 1;
  end loop;
  return gone;
end $$;
revoke all on function ensure_frames_day(date), drop_frames_before(date) from public;
grant execute on function ensure_frames_day(date), drop_frames_before(date) to sm_ingest;

-- Whether its trace is kept in the store: as somebody said, or, where nobody did, as long as there are few charge points.
alter table charge_points alter column traced drop default, alter column traced drop not null;
update charge_points set traced = null where not traced;

