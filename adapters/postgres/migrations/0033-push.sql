-- What each partner was told last of our objects, and what is told again later or not at all.

alter table roaming_lanes
  -- how the partner was registered when it was told: one that registers anew knows nothing
  add column told_as text;

create table roaming_told (
  tenant text not null,
  partner text not null,
  module text not null,
  country_code text not null,
  party_id text not null,
  -- of the object, in lower case
  key text not null,
  -- digests of the object's parts, never the parts
  parts jsonb not null,
  told_at timestamptz not null,
  -- a part is being added, and nobody has said yet whether it was
  doubtful boolean not null default false,
  primary key (tenant, partner, module, country_code, party_id, key),
  foreign key (tenant, partner, module) references roaming_lanes on delete cascade
);

create table roaming_retries (
  tenant text not null,
  partner text not null,
  module text not null,
  country_code text not null,
  party_id text not null,
  key text not null,
  -- of the object, when it was tried last
  revision bigint not null,
  attempts integer not null,
  -- absent: refused for good, as long as the object does not change
  next_at timestamptz,
  reason text not null,
  changed_at timestamptz not null,
  primary key (tenant, partner, module, country_code, party_id, key),
  foreign key (tenant, partner, module) references roaming_lanes on delete cascade
);
create index roaming_retries_due on roaming_retries (tenant, partner, module, next_at) where next_at is not null;

grant select, insert, update, delete on roaming_told, roaming_retries to sm_app;

do $$
declare
  t text;
begin
  foreach t in array array['roaming_told', 'roaming_retries'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
