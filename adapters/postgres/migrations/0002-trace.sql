-- Whose frames are kept for a look at the wire, however many sockets a worker holds.
alter table charge_points add column traced boolean not null default false;
