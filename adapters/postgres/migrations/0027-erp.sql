-- Documents on their way to the operator's books: how each target answers, and every attempt that was made.

alter table erp_targets
  -- how many documents may be on their way to it at the same time
  add column most_in_flight integer not null default 4 check (most_in_flight between 1 and 32),
  -- attempts in a row that it could not be reached, or said nothing; while they last it is asked seldom
  add column faults integer not null default 0,
  add column paused_until timestamptz,
  -- its deliveries stay to be read
  add column removed_at timestamptz;

alter table erp_deliveries
  -- attempts that count no more: a person has asked for it again since
  add column forgiven integer not null default 0,
  -- an attempt has left us, and nobody has said what became of it
  add column doubtful boolean not null default false;

-- What a lane takes next: the one that has been due for the longest.
create index erp_deliveries_due on erp_deliveries (tenant, target, (coalesce(next_at, changed_at)), number) where state in ('queued', 'sending');
create index erp_deliveries_listed on erp_deliveries (tenant, number desc, target);
create index erp_deliveries_in_state on erp_deliveries (tenant, state, number desc, target) where state <> 'accepted';

create table erp_attempts (
  tenant text not null,
  target text not null,
  document uuid not null,
  attempt integer not null,
  began_at timestamptz not null,
  ended_at timestamptz,
  -- the receiver was asked first whether it has the document
  asked boolean not null default false,
  outcome text check (outcome in ('accepted', 'found', 'refused', 'unavailable', 'unclear')),
  detail text,
  primary key (tenant, target, document, attempt),
  foreign key (tenant, target, document) references erp_deliveries
);
grant select, insert, update on erp_attempts to sm_app;
alter table erp_attempts enable row level security;
create policy app on erp_attempts to sm_app using (tenant = current_setting('sm.tenant', true)) with check (tenant = current_setting('sm.tenant', true));
