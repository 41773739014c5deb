-- Room in each page, so that what a boot changes stays in it and no index is touched. For rows written from now on.
alter table charge_points set (fillfactor = 70);
comment on column charge_points.booted_at is 'not written since 0009: the events tell of boots';
comment on column charge_points.boot_epoch is 'not written since 0009';
