-- Statements of closed months on their way to the operator's books.

-- What was closed: one for each account of a party, filed by the commit that closes the month. The bytes are made when they
-- are sent: of a closed month they are always the same.
create table closed_statements (
  tenant text not null,
  -- without gaps, in the order of the months
  number bigint not null check (number > 0),
  -- by tenant, month, party and currency: the same for the same books
  id uuid not null,
  month text collate "C" not null,
  account integer not null,
  primary key (tenant, number),
  unique (tenant, id),
  unique (tenant, month, account),
  foreign key (tenant, month) references ledger_periods,
  foreign key (tenant, account) references ledger_accounts (tenant, number)
);
create trigger never_changes before update or delete on closed_statements for each row execute function ledger_never_changes();
create trigger is_never_emptied before truncate on closed_statements for each statement execute function ledger_never_changes();

create function statement_id(tenant text, month text, party text, currency text) returns uuid language sql stable parallel safe as $$
  -- a UUID of version 8 (RFC 9562): what is left of it is a digest
  select overlay(overlay(substr(encode(sha256(convert_to(json_build_array(tenant, month, party, currency)::text, 'UTF8')), 'hex'), 1, 32)
    placing '8' from 13) placing '8' from 17)::uuid
$$;

-- The rows are the same as those of documents.
create table statement_deliveries (
  tenant text not null,
  target text not null,
  -- the statement
  document uuid not null,
  number bigint not null,
  state text not null default 'queued' check (state in ('queued', 'sending', 'accepted', 'refused', 'unclear', 'cancelled')),
  attempts integer not null default 0,
  forgiven integer not null default 0,
  doubtful boolean not null default false,
  next_at timestamptz,
  reference text,
  reason text,
  changed_at timestamptz not null,
  primary key (tenant, target, document),
  foreign key (tenant, target) references erp_targets (tenant, id),
  foreign key (tenant, document) references closed_statements (tenant, id)
);
create index statement_deliveries_due on statement_deliveries (tenant, target, (coalesce(next_at, changed_at)), number) where state in ('queued', 'sending');
create index statement_deliveries_listed on statement_deliveries (tenant, number desc, target);
create index statement_deliveries_in_state on statement_deliveries (tenant, state, number desc, target) where state <> 'accepted';

create table statement_attempts (
  tenant text not null,
  target text not null,
  document uuid not null,
  attempt integer not null,
  began_at timestamptz not null,
  ended_at timestamptz,
  -- the receiver was asked first whether it has the statement
  asked boolean not null default false,
  outcome text check (outcome in ('accepted', 'found', 'refused', 'unavailable', 'unclear')),
  detail text,
  primary key (tenant, target, document, attempt),
  foreign key (tenant, target, document) references statement_deliveries
);

-- how the books are fed is nothing that a limited scope is shown: without a policy of their own it sees none of it
grant select, insert on closed_statements to sm_app;
grant select, insert, update on statement_deliveries, statement_attempts to sm_app;

do $$
declare
  t text;
begin
  foreach t in array array['closed_statements', 'statement_deliveries', 'statement_attempts'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
