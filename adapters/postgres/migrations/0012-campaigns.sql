-- One order for many charge points (handbook S-27): the campaign, and for each of its charge points the command it was given.
create table campaigns (
  id uuid primary key,
  tenant text not null references tenants,
  name text not null,
  plan jsonb not null,
  targets integer not null check (targets > 0),
  state text not null check (state in ('scheduled', 'canary', 'canaryPaused', 'awaitingGo', 'running', 'paused', 'stopping', 'cancelling', 'stopped', 'done', 'cancelled')),
  reason text,
  waiting integer not null,
  outcomes jsonb not null default '{}',
  pace_from timestamptz,
  pace_count integer not null default 0,
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  told_at timestamptz,
  told jsonb
);
create index campaigns_listed on campaigns (tenant, id desc);
create index campaigns_live on campaigns (id) where state not in ('stopped', 'done', 'cancelled');
comment on column campaigns.pace_from is 'where the grid begins on which orders are laid, pace_count places of it are taken';

comment on column campaigns.outcomes is 'how many targets are over with which outcome, as their rows say; moved in the commit that moves these';

create table campaign_targets (
  id bigint generated always as identity primary key,
  campaign uuid not null references campaigns on delete cascade,
  place integer not null,
  tenant text not null,
  identity text not null,
  command uuid,
  outcome text,
  orders integer not null default 0,
  ordered_at timestamptz,
  handed_over boolean not null default false,
  unique (campaign, place),
  unique (identity, campaign)
) with (fillfactor = 70);
create index campaign_targets_waiting on campaign_targets (campaign, place) where command is null;
create index campaign_targets_in_flight on campaign_targets (campaign, place) where command is not null and outcome is null;
create index campaign_targets_unreached on campaign_targets (campaign, ordered_at) where outcome in ('notDelivered', 'expired');
create index campaign_targets_ordered on campaign_targets (campaign, ordered_at) where ordered_at is not null;
comment on column campaign_targets.command is 'written in the commit that creates the command: no charge point is ordered twice';
comment on column campaign_targets.outcome is 'of its command, copied when that is over: it never changes then';
comment on column campaign_targets.handed_over is 'its order has left the process that was to send it';

grant select, insert, update on campaigns, campaign_targets to sm_app;
grant select on campaigns to sm_ingest;
-- the step of a campaign is a deadline, which goes with the last of them
grant delete on deadlines to sm_app;

do $$
declare
  t text;
begin
  foreach t in array array['campaigns', 'campaign_targets'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy ingest on %I to sm_ingest using (true) with check (true)', t);
    execute format('create policy app on %I to sm_app using (tenant = current_setting(''sm.tenant'', true)) with check (tenant = current_setting(''sm.tenant'', true))', t);
  end loop;
end $$;
