-- Identities and tokens are found whatever their case. Row-level security keeps an index on lower(…) from being used at all,
-- because lower() might tell of rows that nobody may see: looked for by a column, one among many is found at once.
-- The older indexes stay for servers of the version before, which may run beside this one.
alter table charge_points add column key text generated always as (lower(identity)) stored;
create unique index charge_points_key on charge_points (tenant, key);
alter table tokens add column key text generated always as (lower(uid)) stored;
create unique index tokens_key on tokens (tenant, issuer, type, key);
create index tokens_by_key on tokens (tenant, key);
