-- Roots that operators trust in Plug & Charge, and certificates of charge points for their TLS with vehicles.

create table trust_anchors (
  tenant text not null references tenants,
  name text not null,
  use text not null check (use in ('mo', 'v2g', 'oem')),
  certificate text not null,
  subject text not null,
  serial text not null,
  fingerprint text not null,
  not_before timestamptz not null,
  not_after timestamptz not null,
  changed_at timestamptz not null,
  primary key (tenant, name)
);
create index trust_anchors_by_use on trust_anchors (tenant, use);

grant select, insert, update, delete on trust_anchors to sm_app;
alter table trust_anchors enable row level security;
create policy app on trust_anchors to sm_app
  using (tenant = current_setting('sm.tenant', true)) with check (tenant = current_setting('sm.tenant', true));

-- for what a charge point has asked it: to show itself to us, to vehicles, or to both
alter table issued_certificates add column use text not null default 'station' check (use in ('station', 'v2g', 'v2g20', 'both'));
