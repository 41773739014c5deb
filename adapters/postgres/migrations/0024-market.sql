-- The market: who the parties are, where charging stations stand, which EVSE is which plug, who owns, operates and provides what.

-- One row: what holds for all of them. Written by whoever starts.
create table installation (
  sole boolean primary key default true check (sole),
  -- IANA name; of what stands on no site
  zone text not null default 'UTC'
);
insert into installation default values;

create table parties (
  tenant text not null references tenants,
  id text not null,
  key text not null generated always as (lower(id)) stored,
  role text not null check (role in ('csr', 'cpo', 'siteOwner', 'emp')),
  name text not null,
  -- the reseller that a CPO offers its service under
  reseller text,
  -- ISO 3166-1 alpha-2 and three characters, in capitals
  country_code text,
  party_id text,
  legal_name text,
  vat_number text,
  website text,
  -- ISO 639-1
  language text,
  address text,
  postal_code text,
  city text,
  country text,
  contact_name text,
  contact_email text,
  contact_phone text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  -- whoever follows reads in the order of commits (D-17)
  xid xid8 not null default pg_current_xact_id(),
  primary key (tenant, id),
  foreign key (tenant, reseller) references parties (tenant, id),
  check ((country_code is null) = (party_id is null)),
  check (reseller is null or role = 'cpo')
);
create unique index parties_by_key on parties (tenant, key);
create unique index parties_by_code on parties (tenant, role, country_code, party_id);
create index parties_of_reseller on parties (tenant, reseller) where reseller is not null;

create table sites (
  tenant text not null references tenants,
  id text not null,
  key text not null generated always as (lower(id)) stored,
  name text not null,
  address text not null,
  postal_code text,
  city text not null,
  -- ISO 3166-1 alpha-2
  country text not null,
  -- decimal texts, 5 to 7 digits behind the point
  latitude text not null,
  longitude text not null,
  -- IANA name
  zone text not null,
  opening_times jsonb,
  published boolean not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  xid xid8 not null default pg_current_xact_id(),
  primary key (tenant, id)
);
create unique index sites_by_key on sites (tenant, key);

create table charging_stations (
  tenant text not null references tenants,
  id text not null,
  key text not null generated always as (lower(id)) stored,
  site text not null,
  name text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  xid xid8 not null default pg_current_xact_id(),
  primary key (tenant, id),
  foreign key (tenant, site) references sites (tenant, id)
);
create unique index charging_stations_by_key on charging_stations (tenant, key);
create index charging_stations_of_site on charging_stations (tenant, site, id);

create table evses (
  tenant text not null references tenants,
  -- never that of another one, also after it is removed
  uid text not null,
  key text not null generated always as (lower(uid)) stored,
  -- null = was removed, and so was its station
  station text,
  -- EVSEID as it is shown, and by what EVSEIDs are equal
  evse_id text,
  evse_key text,
  state text not null check (state in ('planned', 'active', 'removed')),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  xid xid8 not null default pg_current_xact_id(),
  primary key (tenant, uid),
  foreign key (tenant, station) references charging_stations (tenant, id),
  check ((evse_id is null) = (evse_key is null)),
  check (station is not null or state = 'removed')
);
create unique index evses_by_key on evses (tenant, key);
create unique index evses_by_evse_id on evses (tenant, evse_key) where state <> 'removed';
create index evses_of_station on evses (tenant, station, uid);

-- which plug of a charge point an EVSE is, and was: at any time one plug is one EVSE, and one EVSE one plug
create table evse_plugs (
  tenant text not null,
  uid text not null,
  identity text not null,
  key text not null generated always as (lower(identity)) stored,
  -- as OCPP numbers it
  evse integer not null check (evse > 0),
  from_at timestamptz not null,
  until_at timestamptz check (until_at >= from_at),
  primary key (tenant, uid, from_at),
  foreign key (tenant, uid) references evses (tenant, uid)
);
create index evse_plugs_by_plug on evse_plugs (tenant, key, evse, from_at);
create unique index evse_plugs_now on evse_plugs (tenant, key, evse) where until_at is null;
create unique index evse_plugs_of_evse on evse_plugs (tenant, uid) where until_at is null;

create table evse_connectors (
  tenant text not null,
  uid text not null,
  id text not null,
  -- as OCPP numbers it within its EVSE
  number smallint not null check (number > 0),
  -- ConnectorType, ConnectorFormat and PowerType of OCPI
  standard text not null,
  format text not null check (format in ('SOCKET', 'CABLE')),
  power_type text not null,
  max_volts integer not null,
  max_amps integer not null,
  -- null = what voltage and amperage make
  max_watts integer,
  changed_at timestamptz not null,
  primary key (tenant, uid, id),
  unique (tenant, uid, number),
  foreign key (tenant, uid) references evses (tenant, uid)
);

-- days by the calendar of the site; the last one does not belong to it
create table market_roles (
  tenant text not null references tenants,
  kind text not null check (kind in ('site', 'station')),
  subject text not null,
  role text not null check (role in ('owner', 'operator', 'provider')),
  party text not null,
  from_day date not null default '-infinity',
  until_day date not null default 'infinity',
  changed_at timestamptz not null,
  primary key (tenant, kind, subject, role, from_day),
  foreign key (tenant, party) references parties (tenant, id),
  check (from_day < until_day)
);
create index market_roles_of_party on market_roles (tenant, party);

grant select on installation to sm_app;
grant select, update on installation to sm_ingest;
grant select, insert, update, delete on parties, sites, charging_stations, evse_connectors, market_roles to sm_app;
grant select, insert, update on evses, evse_plugs to sm_app;

do $$
declare
  t text;
begin
  foreach t in array array['parties', 'sites', 'charging_stations', 'evses', 'evse_plugs', 'evse_connectors', 'market_roles'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
