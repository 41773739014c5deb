-- Sessions told by numbered events (OCPP 2.x), and what stations say they have: their device model and its like.

alter table sessions
  -- which events are here, and which of them told what is told once; null = a session of OCPP 1.6
  add column events jsonb;
comment on column sessions.connector is 'of its EVSE; the plug of a session is its EVSE';
update sessions set connector = 1 where connector > 1;
drop index sessions_open;
create index sessions_open on sessions (tenant, identity, evse) where state = 'open';

-- One list of each kind a charge point; core/domain/item.ts says which kinds there are.
create table items (
  tenant text not null,
  identity text not null,
  kind text not null,
  key text not null check (length(key) <= 500),
  body jsonb not null,
  -- the report that last named it
  report integer,
  reported_at timestamptz not null,
  primary key (tenant, identity, kind, key),
  foreign key (tenant, identity) references charge_points on delete cascade
);

-- Reports that come in pages: which pages are here, by their numbers.
create table report_pages (
  tenant text not null,
  identity text not null,
  report text not null,
  request integer not null,
  seqs integer[] not null,
  last integer,
  turned_at timestamptz not null,
  primary key (tenant, identity, report, request),
  foreign key (tenant, identity) references charge_points on delete cascade
);
create index report_pages_by_age on report_pages (turned_at);

grant select, insert, update, delete on items, report_pages to sm_ingest, sm_app;
grant insert on reservations to sm_ingest;

do $$
declare
  t text;
begin
  foreach t in array array['items', 'report_pages'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy ingest on %I to sm_ingest using (true) with check (true)', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
