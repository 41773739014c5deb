-- Tokens of roaming partners: whose they are, and whether their EMP wants to be asked; and what we have said yes to of ours.

alter table tokens
  -- whose token it is; null: it was registered here
  add column partner text,
  add column whitelist text check (whitelist in ('ALWAYS', 'ALLOWED', 'ALLOWED_OFFLINE', 'NEVER')),
  -- what it is in the partner's words
  add column partner_type text,
  add constraint tokens_of_partner foreign key (tenant, partner) references roaming_partners (tenant, id) on delete cascade,
  add constraint tokens_whitelisted check ((partner is null) = (whitelist is null)),
  -- one that no station may rely on
  drop constraint tokens_cache_s_check,
  add constraint tokens_cache_s_check check (cache_s >= 0);
create index tokens_by_partner on tokens (tenant, partner) where partner is not null;

-- What CPOs may do with the tokens of a contract of ours.
alter table contracts add column whitelist text not null default 'ALLOWED' check (whitelist in ('ALWAYS', 'ALLOWED', 'ALLOWED_OFFLINE', 'NEVER'));

-- How a partner is asked about tokens, where that is not as usual.
alter table roaming_partners add column authorization_policy jsonb;

-- Each time that we have said yes to a partner about a token of ours.
create table roaming_grants (
  tenant text not null references tenants,
  reference text not null,
  partner text not null,
  uid text not null,
  type text not null,
  contract text not null,
  -- where its driver stood, as far as we were told
  location_id text,
  evse_uids text[] not null default '{}',
  at timestamptz not null,
  primary key (tenant, reference),
  foreign key (tenant, partner) references roaming_partners (tenant, id) on delete cascade
);
create index roaming_grants_by_time on roaming_grants (tenant, at);

grant select, insert, delete on roaming_grants to sm_app;

alter table roaming_grants enable row level security;
create policy app on roaming_grants to sm_app using (tenant = current_setting('sm.tenant', true)) with check (tenant = current_setting('sm.tenant', true));
