-- Monthly statements: what was sealed in a month, by the EMP that is charged and by the owner of the place.

alter table cdrs add column net numeric generated always as ((priced #>> '{total,net}')::numeric) stored;
create index documents_by_time on documents (tenant, sealed_at, number);

-- The EMP of a contract, by the name that an account has of it: that of the contract, else the party whose code its EVCO ID
-- begins with, else that code. Null: it names none.
create function emp_of(of_tenant text, contract text) returns text language sql stable as $$
  with named as (
    select left(upper(translate(contract, '-*', '')), 14) as key
  ), found as (
    select coalesce(
      (select k.emp from contracts k where k.tenant = of_tenant and k.id = contract),
      (select k.emp from contracts k where k.tenant = of_tenant and k.evco_key = n.key),
      case when n.key ~ '^[A-Z]{2}([A-Z0-9]{12}|[A-Z0-9]{10})$' then left(n.key, 2) || '*' || substr(n.key, 3, 3) end
    ) as emp from named n
  )
  select coalesce((select p.id from parties p where p.tenant = of_tenant and p.role = 'emp' and p.country_code || '*' || p.party_id = f.emp), f.emp) from found f
$$;

-- Who owns a place on a day by the calendar of its site: a charging station may have an owner of its own.
create function owner_of(of_tenant text, station text, site text, of_day date) returns text language sql stable as $$
  select r.party from market_roles r
  where r.tenant = of_tenant and r.role = 'owner' and r.from_day <= of_day and of_day < r.until_day
    and ((r.kind = 'station' and r.subject = station) or (r.kind = 'site' and r.subject = site))
  order by r.kind = 'station' desc limit 1
$$;
