-- EV contracts: which driver's contract with which EMP, and which tokens belong to it, since when and until when.

create table contracts (
  tenant text not null references tenants,
  id text not null,
  -- a party of ours, or its code: DE*ABC
  emp text not null,
  -- as it is shown, and by what EVCO IDs are equal
  evco_id text,
  evco_key text,
  driver text,
  valid_from timestamptz not null,
  valid_until timestamptz check (valid_until > valid_from),
  state text not null check (state in ('active', 'suspended', 'ended')),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (tenant, id),
  check ((evco_id is null) = (evco_key is null))
);
comment on column contracts.driver is 'the EMP''s own reference to its customer, a pseudonym: never a name, an address or a plate';
create unique index contracts_by_evco_id on contracts (tenant, evco_key);
create index contracts_by_emp on contracts (tenant, emp, id);

create table contract_tokens (
  tenant text not null,
  contract text not null,
  issuer text not null default '',
  uid text not null,
  key text not null generated always as (lower(uid)) stored,
  type text not null check (type in ('RFID', 'APP', 'EVCO', 'MAC', 'OTHER')),
  from_at timestamptz not null,
  until_at timestamptz check (until_at > from_at),
  -- the EVCO ID of the contract itself, in one of its spellings: its token from its first day on
  is_name boolean not null default false,
  -- the token as one number, which an exclusion can compare without an extension
  card bigint not null generated always as (('x' || left(md5(tenant || chr(31) || issuer || chr(31) || lower(uid)), 16))::bit(64)::bigint) stored,
  primary key (tenant, issuer, key, from_at),
  foreign key (tenant, contract) references contracts on delete cascade,
  constraint contract_tokens_of_one_at_a_time
    exclude using gist (int8range(card, card, '[]') with =, tstzrange(from_at, until_at) with &&)
);
create index contract_tokens_by_key on contract_tokens (tenant, key);
create index contract_tokens_of_contract on contract_tokens (tenant, contract, key);

-- what is billed under a contract keeps it from being deleted
create index cdrs_by_contract on cdrs (tenant, contract) where contract is not null;

grant select on contracts, contract_tokens to sm_ingest;
grant select, insert, update, delete on contracts, contract_tokens to sm_app;

do $$
declare
  t text;
begin
  foreach t in array array['contracts', 'contract_tokens'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy ingest on %I to sm_ingest using (true) with check (true)', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
