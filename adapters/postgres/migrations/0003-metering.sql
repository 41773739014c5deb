-- Meter readings of remembered sessions are stored by one statement: it fails as a whole when a session has been changed
-- by someone else meanwhile, so that no BEGIN and COMMIT of their own are needed.
create function expect_rows(written bigint, wanted bigint) returns boolean language plpgsql as $$
begin
  if written <> wanted then
    raise exception '% of % sessions were changed by someone else', wanted - written, wanted using errcode = 'SM001';
  end if;
  return true;
end $$;
