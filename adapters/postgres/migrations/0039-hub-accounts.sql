-- Accounts for hubs that speak OICP go there from their own table (0037): they wait for no delivery over OCPI.
create or replace function roaming_cdr_waits_for_its_delivery() returns trigger language plpgsql as $$
begin
  perform 1 from roaming_partners where tenant = new.tenant and id = new.partner and protocol = 'oicp';
  if found then
    return null;
  end if;
  insert into roaming_lanes (tenant, partner, module) values (new.tenant, new.partner, 'cdrs') on conflict do nothing;
  perform 1 from roaming_lanes where tenant = new.tenant and partner = new.partner and module = 'cdrs' for share;
  insert into roaming_deliveries (tenant, target, document, number, changed_at, after)
    select d.tenant, new.partner, d.id, d.number, new.last_updated,
      case d.kind when 'credit' then d.cdr else (select x.id from credits x where x.tenant = d.tenant and x.cdr = c.replaces) end
    from documents d join cdrs c on c.id = d.cdr where d.tenant = new.tenant and d.id = new.source::uuid
    -- it could not be said before, and a person was told, or is about to be
    on conflict (tenant, target, document) do update set state = 'queued', reason = null, forgiven = roaming_deliveries.attempts,
      next_at = null, changed_at = excluded.changed_at
      where roaming_deliveries.state in ('refused', 'sending') and roaming_deliveries.body is null;
  insert into outbox (tenant, kind, key) values (new.tenant, 'roaming-cdrs', new.partner) on conflict do nothing;
  return null;
end $$;

-- What a hub begins from afar is an order like that of any partner: it is found by the grant that it came with.
drop index oicp_sessions_by_command;
alter table oicp_sessions drop column charge_point, drop column command;
create index roaming_authorizations_of_order on roaming_authorizations (tenant, partner, authorization_reference) where method = 'COMMAND';
