-- What a reseller is owed by those below it, as their general ledgers say: read by its own settlement run, and by nobody else.

-- Months of a CPO that are closed, up to one, and that the reseller who asks has not in its own books yet: what each has added to
-- its account there. What the reseller charges itself (fees) it knows by its own contract. Nothing for whoever the CPO was never below.
create function resale_of(of_cpo text, up_to text) returns table (month text, currency text, purpose text, amount numeric)
  language sql stable security definer set search_path = public, pg_temp as $$
  select d.month, a.currency, p.purpose, sum(p.amount)
  from ledger_periods d
    join ledger_accounts a on a.tenant = d.tenant and a.kind = 'party' and lower(a.party) = 'reseller:' || current_setting('sm.tenant', true)
    join ledger_postings p on p.tenant = a.tenant and p.account = a.number and p.month = d.month
    join ledger_vouchers v on v.tenant = p.tenant and v.number = p.voucher and v.source_kind <> 'fee'
  where d.tenant = of_cpo and d.state = 'closed' and d.month <= up_to
    and exists (select from tenant_parents t where t.tenant = of_cpo and t.reseller = current_setting('sm.tenant', true))
    and not exists (select from ledger_vouchers k where k.tenant = current_setting('sm.tenant', true) and k.source_kind = 'fee'
      and k.source_key = d.month || '/turnover/' || of_cpo)
  group by d.month, a.currency, p.purpose having sum(p.amount) <> 0
  order by d.month, a.currency, p.purpose
$$;

-- Of those below a reseller in a month, the ones whose month is not closed.
create function open_below(of_month text) returns table (tenant text) language sql stable security definer set search_path = public, pg_temp as $$
  select distinct t.tenant from tenant_parents t
  where t.reseller = current_setting('sm.tenant', true)
    and t.from_day < (of_month || '-01')::date + interval '1 month' and t.until_day > (of_month || '-01')::date
    and not exists (select from ledger_periods d where d.tenant = t.tenant and d.month = of_month and d.state = 'closed')
  order by t.tenant
$$;

revoke all on function resale_of(text, text), open_below(text) from public;
grant execute on function resale_of(text, text), open_below(text) to sm_app;

-- until when it was looked which ports are connected: nobody bills a month before that is known
grant select on port_look to sm_app;
