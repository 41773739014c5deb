-- The highest register of a session whose meter fell meanwhile (INV-51); null for all others.
alter table sessions add column peak_mwh bigint;

-- How a charge point must come (OCPP security profiles): 0 without a password, 1 with one, 2 over TLS, 3 with a certificate.
-- Null = with a password, over whatever it comes.
alter table charge_points add column security_profile smallint check (security_profile between 0 and 3);
-- Stations without a clock repeat themselves: an equal start after its stop is another session then (INV-12).
alter table charge_points add column clockless boolean not null default false;

-- A stop for a transaction that is another charge point's (BI-41) is found by its id alone.
create index sessions_by_transaction_id on sessions (tenant, transaction) where transaction is not null;
