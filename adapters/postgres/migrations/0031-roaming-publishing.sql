-- Everything of a tenant is looked at once, page by page: when a partner is registered, and when publishing begins.
create table roaming_sweeps (
  tenant text not null references tenants,
  module text not null,
  -- what there is to publish, and what is published: of that, some may be there no more
  what text not null check (what in ('own', 'published')),
  -- up to which key it is done
  after text not null default '',
  -- whoever was still writing then may not have known that there is a partner: it begins when all of them are done
  since xid8 not null default pg_snapshot_xmax(pg_current_snapshot()),
  primary key (tenant, module, what)
);

-- whose object it is, is not said where partners ask for one by its id
create index roaming_objects_by_key on roaming_objects (tenant, module, key);

grant select, insert, update, delete on roaming_sweeps to sm_app, sm_ingest;
-- events are of plugs, EVSEs and tariffs; what is published of them are sites
grant select on sites, charging_stations, evses, evse_plugs, tariff_assignments to sm_ingest;

alter table roaming_sweeps enable row level security;
create policy app on roaming_sweeps to sm_app using (tenant = current_setting('sm.tenant', true)) with check (tenant = current_setting('sm.tenant', true));
create policy ingest on roaming_sweeps to sm_ingest using (true) with check (true);
create policy ingest on sites for select to sm_ingest using (true);
create policy ingest on charging_stations for select to sm_ingest using (true);
create policy ingest on evses for select to sm_ingest using (true);
create policy ingest on evse_plugs for select to sm_ingest using (true);
create policy ingest on tariff_assignments for select to sm_ingest using (true);
