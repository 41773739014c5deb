-- Parties that are reached through a hub: what the hub says of each, by its own clock.
alter table roaming_parties
  add column client jsonb;

-- whose parties are asked for is looked for over all tenants
grant select (hub) on roaming_partners to sm_ingest;
