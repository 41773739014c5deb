-- Energy that vehicles give back (V2X), beside what they draw: never netted against it.

alter table sessions
  -- the outermost registers of export, and the highest; null = no reading has any
  add column exported jsonb;

alter table cdrs
  add column exported_mwh bigint;
grant update (exported_mwh) on cdrs to sm_app;
