-- What a charge point speaks that names no sub-protocol when it connects (handbook/ocpp.md §9.1); null = it is refused.
alter table charge_points add column assume_protocol text;
