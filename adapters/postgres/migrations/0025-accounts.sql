-- What an account says of its place and its price, what waits to be sealed, and what-if: accounts priced again on paper.

-- The price is kept as it was worked out; what is looked for is made of it. The guard of 0011 holds for all of them: what
-- was issued stays as it is.
alter table cdrs
  add column evse_id text,
  add column site text,
  add column station text,
  add column country text,
  add column priced jsonb,
  add column currency text generated always as (priced #>> '{tariff,currency}') stored,
  add column total numeric generated always as ((priced #>> '{total,gross}')::numeric) stored,
  add column tariff text generated always as (priced #>> '{tariff,id}') stored,
  add column tariff_version integer generated always as ((priced #>> '{tariff,version}')::integer) stored;
grant update (evse_id, site, station, country, priced) on cdrs to sm_app;

-- A session that used a reservation is looked for when it is priced.
create index reservations_of_session on reservations (session) where session is not null;

-- What was issued and has no number yet, in the order of its commits as far as one thing follows from another: a CDR, the
-- credit against it, what replaces it. Written by the tables themselves, so that none is forgotten.
create table unsealed (
  tenant text not null,
  serial bigint not null generated always as identity,
  id uuid not null,
  kind text not null check (kind in ('cdr', 'credit')),
  cdr uuid not null,
  primary key (tenant, serial)
);

create function cdr_waits_for_its_seal() returns trigger language plpgsql as $$
begin
  if new.state = 'issued' then
    insert into unsealed (tenant, id, kind, cdr) values (new.tenant, new.id, 'cdr', new.id);
  end if;
  return null;
end $$;
create trigger cdr_waits_for_its_seal after insert or update on cdrs for each row execute function cdr_waits_for_its_seal();

create function credit_waits_for_its_seal() returns trigger language plpgsql as $$
begin
  insert into unsealed (tenant, id, kind, cdr) values (new.tenant, new.id, 'credit', new.cdr);
  return null;
end $$;
create trigger credit_waits_for_its_seal after insert on credits for each row execute function credit_waits_for_its_seal();

-- What was issued before there were seals, in the order in which it was.
insert into unsealed (tenant, id, kind, cdr)
  select tenant, id, kind, cdr from (
    select c.tenant, c.id, 'cdr' as kind, c.id as cdr, first_value(c.created_at) over w as at, c.session, c.version, 0 as rank
      from cdrs c window w as (partition by c.tenant, c.session order by c.version)
    union all
    select x.tenant, x.id, 'credit', x.cdr, (select min(f.created_at) from cdrs f where f.tenant = c.tenant and f.session = c.session), c.session, c.version, 1
      from credits x join cdrs c on c.id = x.cdr
  ) w
  where kind = 'credit' or exists (select 1 from cdrs c where c.id = w.id and c.state = 'issued')
  order by at, session, version, rank;
insert into outbox (tenant, kind, key) select distinct tenant, 'seal', 'all' from unsealed on conflict do nothing;

alter table documents add constraint documents_digest check (digest = sha256(bytes));
create trigger documents_are_never_emptied before truncate on documents for each statement execute function documents_never_change();

grant select, insert, delete on unsealed to sm_app;
alter table unsealed enable row level security;
create policy app on unsealed to sm_app using (tenant = current_setting('sm.tenant', true)) with check (tenant = current_setting('sm.tenant', true));

-- Accounts priced again on paper: no CDR ever changes by it. Each page of it is one commit, which says how far it got.
create index cdrs_in_time on cdrs (tenant, started_at, id);
create table what_ifs (
  id uuid primary key,
  tenant text not null references tenants,
  tariff text not null,
  version integer not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  identity text,
  site text,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  reason text,
  accounts bigint,
  -- the last account that it has priced
  cursor_at timestamptz,
  cursor_id uuid,
  tally jsonb not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  foreign key (tenant, tariff, version) references tariff_versions (tenant, id, version)
);
create index what_ifs_open on what_ifs (changed_at) where state in ('queued', 'running');
grant select, insert, update on what_ifs to sm_app;
grant select on what_ifs to sm_ingest;
alter table what_ifs enable row level security;
create policy app on what_ifs to sm_app using (tenant = current_setting('sm.tenant', true)) with check (tenant = current_setting('sm.tenant', true));
create policy ingest on what_ifs to sm_ingest using (true);
