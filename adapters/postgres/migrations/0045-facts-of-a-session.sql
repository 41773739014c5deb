-- The facts of a session are looked for within its day. With the session alone a plan made while a day is new joins it with
-- all of the day, and goes on doing so: the accounts of a busy day took longer with every hour of it.

drop index facts_by_session;
create index facts_by_session on facts (session, day) where session is not null;
