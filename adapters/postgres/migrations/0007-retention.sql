-- Answers to Idempotency-Keys that nobody can ask for any more are removed for all tenants at once.
grant select, delete on idempotency to sm_ingest;
