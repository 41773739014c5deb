-- A CDR that was issued never changes. What turns out different later is credited, and a new version takes its place.
create table credits (
  id uuid primary key,
  tenant text not null,
  cdr uuid not null references cdrs,
  reason text not null,
  created_at timestamptz not null,
  unique (tenant, cdr)
);
create trigger credits_never_change before update or delete on credits for each row execute function cdrs_never_change();

create function cdr_version_needs_credit() returns trigger language plpgsql as $$
begin
  if new.version > 0 and not exists (select 1 from credits c where c.tenant = new.tenant and c.cdr = new.replaces) then
    raise exception 'version % of a CDR is written only with the credit of the version before', new.version;
  end if;
  return new;
end $$;
create trigger cdr_version_needs_credit before insert on cdrs for each row execute function cdr_version_needs_credit();

grant select, insert on credits to sm_app;
alter table credits enable row level security;
create policy app on credits to sm_app using (tenant = current_setting('sm.tenant', true)) with check (tenant = current_setting('sm.tenant', true));
