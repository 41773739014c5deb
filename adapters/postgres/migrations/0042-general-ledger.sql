-- The general ledger: double-entry books of each tenant. What is posted is never changed; what comes to nothing in each
-- currency is all that can be posted; nothing is posted into a month that is closed. The tables see to it themselves.

-- A month by the calendar of the installation, from its first posting on. The months are closed in their order.
create table ledger_periods (
  tenant text not null references tenants,
  month text collate "C" not null check (month ~ '^20\d\d-(0[1-9]|1[0-2])$'),
  -- closing: only what the month itself costs is posted any more, and then its digest is worked out
  state text not null default 'open' check (state in ('open', 'closing', 'closed')),
  -- documents and CDRs of partners without a price, which are posted nowhere
  unpriced bigint not null default 0,
  vouchers bigint,
  postings bigint,
  digest bytea,
  closed_at timestamptz,
  primary key (tenant, month),
  check ((state = 'closed') = (digest is not null)),
  check ((state = 'closed') = (closed_at is not null))
);

create table ledger_accounts (
  tenant text not null references tenants,
  number integer not null check (number > 0),
  kind text not null check (kind in ('party', 'tax', 'operator')),
  party text,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- as core/settlement/account.ts has it
  key text collate "C" not null generated always as (currency || '/' || kind || '/' || coalesce(party, '')) stored,
  primary key (tenant, number),
  unique (tenant, key),
  check ((kind = 'party') = (party is not null))
);

create table ledger_vouchers (
  -- one of its period, which is looked at for all of a statement at once
  tenant text not null,
  -- without gaps, in the order of their commits
  number bigint not null check (number > 0),
  source_kind text collate "C" not null check (source_kind in ('document', 'roamingCdr', 'roamingCredit', 'fee', 'connectivity', 'adjustment')),
  source_key text collate "C" not null,
  month text collate "C" not null,
  at timestamptz not null,
  text text not null,
  posted_at timestamptz not null default now(),
  -- whoever follows reads in the order of commits (D-17)
  xid xid8 not null default pg_current_xact_id(),
  primary key (tenant, number)
);
create unique index ledger_vouchers_by_source on ledger_vouchers (tenant, source_kind, source_key);
create index ledger_vouchers_of_month on ledger_vouchers (tenant, month, source_kind, source_key);

create table ledger_postings (
  tenant text not null,
  voucher bigint not null,
  line smallint not null check (line > 0),
  account integer not null,
  month text collate "C" not null,
  -- above nothing it is a debit, below it a credit
  amount numeric not null check (scale(amount) <= 12),
  purpose text collate "C" not null check (purpose in ('charging', 'tax', 'share', 'floor', 'fixedFee', 'electricity', 'platformFee', 'resale',
    'connectivity', 'roaming', 'markup', 'rounding', 'adjustment')),
  contract text collate "C",
  primary key (tenant, voucher, line)
);
create index ledger_postings_of_account on ledger_postings (tenant, account, month, voucher, line);

-- What a closed month has added to each account: so that no balance is worked out from the beginning of time.
create table ledger_turnovers (
  tenant text not null,
  month text collate "C" not null,
  account integer not null,
  debits numeric not null,
  credits numeric not null,
  postings bigint not null,
  primary key (tenant, month, account),
  foreign key (tenant, month) references ledger_periods,
  foreign key (tenant, account) references ledger_accounts (tenant, number)
);

create function ledger_never_changes() returns trigger language plpgsql as $$
begin
  raise exception 'what is in the general ledger is never changed or deleted' using errcode = 'restrict_violation';
end $$;

do $$
declare
  t text;
begin
  foreach t in array array['ledger_accounts', 'ledger_vouchers', 'ledger_postings', 'ledger_turnovers'] loop
    execute format('create trigger never_changes before update or delete on %I for each row execute function ledger_never_changes()', t);
    execute format('create trigger is_never_emptied before truncate on %I for each statement execute function ledger_never_changes()', t);
  end loop;
end $$;

-- A month that is closed stays as it is; one that is closing never opens again.
create function period_only_closes() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or old.state = 'closed' or (old.state = 'closing' and new.state = 'open')
    or new.tenant <> old.tenant or new.month <> old.month then
    raise exception 'a period of the general ledger only closes' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger only_closes before update or delete on ledger_periods for each row execute function period_only_closes();
create trigger is_never_emptied before truncate on ledger_periods for each statement execute function period_only_closes();

-- At the end of each statement that posts: vouchers come with their postings, into a month that is open. A trigger for each
-- row could be put off to the end of the transaction, and costs more than everything else; so a voucher and its postings
-- are one statement. The period is locked against its closing until this is committed.
create function vouchers_are_whole() returns trigger language plpgsql as $$
declare
  bad record;
begin
  perform 1 from ledger_periods p where (p.tenant, p.month) in (select distinct a.tenant, a.month from added a) for share;
  select a.tenant, a.month into bad from (select distinct tenant, month, source_kind = 'fee' as is_fee from added) a
    left join ledger_periods p on p.tenant = a.tenant and p.month = a.month
    where p.month is null or p.state = 'closed' or (p.state = 'closing' and not a.is_fee)
      or exists (select 1 from ledger_periods c where c.tenant = a.tenant and c.month > a.month and c.state <> 'open') limit 1;
  if found then
    raise exception 'the period % is not open', bad.month using errcode = 'SM001';
  end if;
  select a.number into bad from added a
    where (select count(*) from ledger_postings p where p.tenant = a.tenant and p.voucher = a.number) < 2 limit 1;
  if found then
    raise exception 'voucher % has fewer than two postings', bad.number using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger are_whole after insert on ledger_vouchers referencing new table as added for each statement execute function vouchers_are_whole();

create function postings_are_balanced() returns trigger language plpgsql as $$
declare
  bad record;
begin
  -- vouchers are looked for one by one: all that there are would be read else
  select w.voucher, w.account, w.currency, w.sum into bad from (
      select a.tenant, a.voucher, a.month, k.currency, min(a.account) as account, sum(a.amount) as sum
      from added a left join ledger_accounts k on k.tenant = a.tenant and k.number = a.account
      group by a.tenant, a.voucher, a.month, k.currency
    ) w
    where w.currency is null or w.sum <> 0
      or (select v.month from ledger_vouchers v where v.tenant = w.tenant and v.number = w.voucher and v.xid = pg_current_xact_id()) is distinct from w.month
    order by w.currency is not null limit 1;
  if not found then
    return null;
  end if;
  if bad.currency is null then
    raise exception 'voucher % is posted to account %, which is not there', bad.voucher, bad.account using errcode = 'foreign_key_violation';
  elsif bad.sum <> 0 then
    raise exception 'debits and credits of voucher % in % are not equal', bad.voucher, bad.currency using errcode = 'check_violation';
  end if;
  raise exception 'the postings of voucher % do not come with it', bad.voucher using errcode = 'foreign_key_violation';
end $$;
create trigger are_balanced after insert on ledger_postings referencing new table as added for each statement execute function postings_are_balanced();

-- Up to which document a tenant's are posted: their numbers have no gaps and come in the order of their commits.
create table ledger_cursors (
  tenant text primary key references tenants,
  document bigint not null default 0
);

-- CDRs of partners that have got a price (0041) and wait to be posted. Written by the table itself, so that none is forgotten.
create table ledger_waiting (
  tenant text not null references tenants,
  retail bigint not null,
  primary key (tenant, retail),
  foreign key (tenant, retail) references retail_prices (tenant, serial) on delete cascade
);

-- There is something to post. Whoever has posted all of it takes the job away under the same lock, alone: so none is left
-- without one.
create function leave_post(of_tenant text) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('stationmaster.posting'), hashtext(of_tenant));
  insert into outbox (tenant, kind, key) values (of_tenant, 'post', 'all') on conflict do nothing;
end $$;

create function documents_wait_to_be_posted() returns trigger language plpgsql as $$
begin
  perform leave_post(a.tenant) from (select distinct tenant from added) a;
  return null;
end $$;
create trigger documents_wait_to_be_posted after insert on documents referencing new table as added for each statement execute function documents_wait_to_be_posted();

create function retail_waits_to_be_posted() returns trigger language plpgsql as $$
begin
  insert into ledger_waiting (tenant, retail) values (new.tenant, new.serial) on conflict do nothing;
  perform leave_post(new.tenant);
  return null;
end $$;
create trigger waits_to_be_posted after insert or update of state on retail_prices
  for each row when (new.state = 'priced') execute function retail_waits_to_be_posted();

-- What there was before there was a ledger.
insert into ledger_waiting (tenant, retail) select tenant, serial from retail_prices where state = 'priced';
insert into outbox (tenant, kind, key)
  select distinct tenant, 'post', 'all' from (select tenant from documents union all select tenant from ledger_waiting) w on conflict do nothing;

-- A settlement run: a month brought to its end, page by page, each in one commit that says how far it has got.
create table settlement_runs (
  tenant text not null references tenants,
  month text collate "C" not null,
  state text not null default 'queued' check (state in ('queued', 'posting', 'fees', 'closing', 'closed')),
  progress jsonb not null,
  -- of what charges for the month: the last that has
  charged text,
  -- of what is sealed: the last voucher, and the digest up to it
  sealed_kind text collate "C" not null default '',
  sealed_key text collate "C" not null default '',
  sealed_digest bytea not null default '',
  -- why it cannot go on just now
  fault text,
  -- not before
  due timestamptz not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (tenant, month),
  foreign key (tenant, month) references ledger_periods
);
create index settlement_runs_due on settlement_runs (due) where state <> 'closed';

grant select, insert, update on ledger_periods, ledger_cursors, settlement_runs to sm_app;
grant select, insert, delete on ledger_waiting to sm_app;
grant select, insert on ledger_accounts, ledger_vouchers, ledger_postings, ledger_turnovers to sm_app;
-- what is due is looked for over all tenants
grant select (tenant, month, state, due) on settlement_runs to sm_ingest;

do $$
declare
  t text;
begin
  foreach t in array array['ledger_periods', 'ledger_accounts', 'ledger_vouchers', 'ledger_postings', 'ledger_turnovers', 'ledger_cursors',
    'ledger_waiting', 'settlement_runs'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
create policy ingest on settlement_runs for select to sm_ingest using (true);

-- A party's key sees its own accounts and what was posted to them: what a voucher posted to others is theirs.
create function scope_holder(party text) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select case
    when scope_now() ? 'owner' then party = 'siteOwner:' || (scope_now() ->> 'owner')
    when scope_now() ? 'emp' then party = 'emp:' || coalesce(
      (select p.id from parties p where p.tenant = current_setting('sm.tenant', true) and p.role = 'emp'
        and (p.id = scope_now() ->> 'emp' or p.country_code || '*' || p.party_id = scope_now() ->> 'emp') limit 1), scope_now() ->> 'emp')
    else false
  end
$$;

create function scope_voucher(voucher bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (
    select from ledger_postings p join ledger_accounts a on a.tenant = p.tenant and a.number = p.account
    where p.tenant = current_setting('sm.tenant', true) and p.voucher = scope_voucher.voucher and scope_holder(a.party))
$$;

revoke all on function scope_holder(text), scope_voucher(bigint) from public;
grant execute on function scope_holder(text), scope_voucher(bigint) to sm_app;

select scope_table('ledger_accounts', 'scope_holder(party)');
select scope_table('ledger_postings', 'account in (select number from ledger_accounts)');
select scope_table('ledger_turnovers', 'account in (select number from ledger_accounts)');
select scope_table('ledger_vouchers', 'scope_voucher(number)');
-- that a month is closed is no secret to a party
select scope_table('ledger_periods', 'coalesce(scope_now() ->> ''owner'', scope_now() ->> ''emp'', '''') <> ''''');
