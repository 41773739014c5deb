-- Roaming partners: how each is registered, who is on its platform, what it offers, and the tokens it shows to us.

create table roaming_partners (
  tenant text not null references tenants,
  id text not null,
  key text not null generated always as (lower(id)) stored,
  name text,
  state text not null check (state in ('known', 'invited', 'connecting', 'offering', 'registered', 'renewing', 'failed', 'ended')),
  -- the attempt of ours that the state is of
  attempt uuid,
  since timestamptz not null,
  versions_url text,
  version text,
  -- sealed: what we show to it
  token text,
  hub text,
  -- modules, their sides and addresses, as its details have them
  endpoints jsonb not null,
  quirks jsonb not null,
  -- of the last handshake
  checks jsonb not null,
  registered_at timestamptz,
  -- when both had new tokens last
  exchanged_at timestamptz,
  changed_at timestamptz not null,
  primary key (tenant, id)
);
create unique index roaming_partners_by_key on roaming_partners (tenant, key);

create table roaming_parties (
  tenant text not null,
  partner text not null,
  role text not null,
  -- in capitals
  country_code text not null,
  party_id text not null,
  name text not null,
  website text,
  -- as the partner has put them
  place integer not null,
  primary key (tenant, partner, role, country_code, party_id),
  foreign key (tenant, partner) references roaming_partners (tenant, id) on delete cascade
);
create index roaming_parties_by_code on roaming_parties (tenant, country_code, party_id);

-- Tokens that we have issued: nobody can read what they are.
create table roaming_tokens (
  tenant text not null,
  hash bytea not null,
  partner text not null,
  use text not null check (use in ('invitation', 'access')),
  -- when its partner shows it for the first time, the ones issued before it are no more
  retires boolean not null,
  -- in the order in which they were issued
  serial bigint not null generated always as identity,
  issued_at timestamptz not null,
  primary key (tenant, hash),
  foreign key (tenant, partner) references roaming_partners (tenant, id) on delete cascade
);
create index roaming_tokens_of_partner on roaming_tokens (tenant, partner);

grant select, insert, update, delete on roaming_partners, roaming_parties, roaming_tokens to sm_app;
-- whose tokens are due is looked for over all tenants
grant select (tenant, id, state, since, exchanged_at) on roaming_partners to sm_ingest;

do $$
declare
  t text;
begin
  foreach t in array array['roaming_partners', 'roaming_parties', 'roaming_tokens'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;

create policy ingest on roaming_partners for select to sm_ingest using (true);
