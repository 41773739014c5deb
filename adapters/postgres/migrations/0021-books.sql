-- What goes into the books: issued accounts and their credits, numbered without gaps and sealed; where they are sent.

create table documents (
  tenant text not null references tenants,
  number bigint not null check (number > 0),
  id uuid not null unique,
  kind text not null check (kind in ('cdr', 'credit')),
  cdr uuid not null references cdrs,
  bytes bytea not null,
  digest bytea not null,
  sealed_at timestamptz not null,
  -- whoever follows reads in the order of commits (D-17)
  xid xid8 not null default pg_current_xact_id(),
  primary key (tenant, number)
);
create unique index documents_of_cdr on documents (tenant, cdr, kind);

create function documents_never_change() returns trigger language plpgsql as $$
begin
  raise exception 'a sealed document is never changed or deleted';
end $$;
create trigger documents_never_change before update or delete on documents for each row execute function documents_never_change();

create table erp_targets (
  tenant text not null references tenants,
  id text not null,
  kind text not null,
  settings jsonb not null,
  -- sealed: keys and passwords of the receiver
  secrets text,
  enabled boolean not null default true,
  changed_at timestamptz not null,
  primary key (tenant, id)
);

create table erp_deliveries (
  tenant text not null,
  target text not null,
  document uuid not null references documents (id),
  number bigint not null,
  state text not null default 'queued' check (state in ('queued', 'sending', 'accepted', 'refused', 'unclear', 'cancelled')),
  attempts integer not null default 0,
  next_at timestamptz,
  reference text,
  reason text,
  changed_at timestamptz not null default now(),
  primary key (tenant, target, document),
  foreign key (tenant, target) references erp_targets (tenant, id)
);
create index erp_deliveries_by_number on erp_deliveries (tenant, target, number desc);

grant select, insert on documents to sm_app;
grant select, insert, update, delete on erp_targets, erp_deliveries to sm_app;

do $$
declare
  t text;
begin
  foreach t in array array['documents', 'erp_targets', 'erp_deliveries'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
