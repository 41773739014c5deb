-- What stations show drivers as the cost of their session, and what stations have worked out themselves (OCPP 2.1).

alter table charge_points add column display_price jsonb;
comment on column charge_points.display_price is 'currency and decimal texts; null = it is told no costs';

alter table sessions
  add column station_cost jsonb,
  add column station_tariff text;
-- what is left on a prepaid one: a decimal text
alter table tokens add column credit text;

comment on column sessions.station_cost is 'costDetails, as the station wrote them';
