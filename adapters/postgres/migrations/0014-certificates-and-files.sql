-- Certificates of charge points and who signs them; files between operators and stations.

-- One authority a tenant, made at first use; its private key is sealed with the installation's pepper.
create table authorities (
  tenant text primary key references tenants,
  certificate text not null,
  sealed_key text not null,
  created_at timestamptz not null default now()
);

create table issued_certificates (
  tenant text not null references tenants,
  serial text not null,
  identity text not null,
  fingerprint text not null,
  chain text not null,
  not_before timestamptz not null,
  not_after timestamptz not null,
  issued_at timestamptz not null,
  state text not null default 'issued' check (state in ('issued', 'accepted', 'rejected', 'revoked')),
  changed_at timestamptz not null,
  -- the fact that asked for it: one request has one certificate, however often the job is done
  request uuid,
  primary key (tenant, serial),
  unique (tenant, request)
);
create index issued_certificates_listed on issued_certificates (tenant, identity, issued_at desc, serial);

-- A file has its row when all of it is there. Its pieces come before, and without a row they are nothing.
create table files (
  id uuid primary key,
  tenant text not null references tenants,
  name text not null,
  kind text not null check (kind in ('firmware', 'diagnostics', 'log', 'security-log')),
  size bigint not null check (size > 0),
  sha256 text not null,
  identity text,
  command uuid,
  created_at timestamptz not null
);
create index files_listed on files (tenant, id desc);
create index files_by_age on files (created_at) where kind <> 'firmware';

create table file_chunks (
  file uuid not null,
  position integer not null,
  tenant text not null,
  bytes bytea not null,
  created_at timestamptz not null default now(),
  primary key (file, position)
);
-- what comes is compressed already, as a rule
alter table file_chunks alter column bytes set storage external;
-- one entry a file: the way to those that never got their row
create index file_chunks_begun on file_chunks (created_at) where position = 0;

-- Addresses for stations. The secret in them is not here, only its keyed hash.
create table file_tickets (
  id uuid primary key,
  tenant text not null references tenants,
  hash bytea not null unique,
  direction text not null check (direction in ('upload', 'download')),
  identity text not null,
  kind text not null,
  name text not null,
  command uuid,
  until timestamptz not null,
  file uuid references files on delete cascade,
  attempt uuid,
  used_at timestamptz,
  check ((direction = 'download') = (file is not null))
);
create index file_tickets_by_end on file_tickets (until);
create index file_tickets_by_file on file_tickets (file) where file is not null;
comment on column file_tickets.attempt is 'the upload that runs with it, by the id its file will have: the newest, and only it may write';

-- Rights -----------------------------------------------------------------------------------------------------------

grant select, insert on authorities to sm_app;
grant select, insert, update on issued_certificates to sm_app;
grant select, insert, delete on files, file_chunks to sm_app;
grant select, insert, update on file_tickets to sm_app;
grant select, delete on files, file_chunks, file_tickets to sm_ingest;

do $$
declare
  t text;
begin
  foreach t in array array['authorities', 'issued_certificates', 'files', 'file_chunks', 'file_tickets'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
  -- retention removes what is old, of all tenants at once
  foreach t in array array['files', 'file_chunks', 'file_tickets'] loop
    execute format('create policy ingest on %I to sm_ingest using (true)', t);
  end loop;
end $$;

-- Which tenant a station's address belongs to must be known before there is a tenant: one narrow door, by the hash of its secret.
create function file_ticket_by_hash(wanted bytea) returns setof file_tickets language sql stable security definer set search_path = public, pg_temp as
  $$ select * from file_tickets where hash = wanted $$;
revoke all on function file_ticket_by_hash(bytea) from public;
grant execute on function file_ticket_by_hash(bytea) to sm_app;
