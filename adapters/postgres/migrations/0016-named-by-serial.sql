-- Whether a serial number is another charge point's is asked before a certificate is signed for it.
create index charge_points_by_serial on charge_points (tenant, lower(serial)) where serial is not null;
