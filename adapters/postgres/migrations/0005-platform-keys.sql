-- Platform keys belong to no tenant: the one role that sees them may also revoke them.
grant update (revoked_at) on api_keys to sm_ingest;
