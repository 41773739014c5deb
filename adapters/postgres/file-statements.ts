import type { RunRef } from '../../core/settlement/run.ts'
import type { Transaction } from './connect.ts'

/**
 * In the commit that closes a month, under the lock of the ledger: a statement for each account of a party that the month
 * has added to, or that is not even; of each a delivery to every target that wants statements now; and a job for all that
 * is due there. A target that wants them later gets those of later months. Where a job waits already it will do: whoever
 * begins it locks the target first, as is done here, and so sees these deliveries.
 */
export const fileStatements = async (tx: Transaction, { tenant, month }: RunRef, at: number): Promise<void> => {
  await tx`
    insert into closed_statements (tenant, number, id, month, account)
    select ${tenant}, (select coalesce(max(number), 0) from closed_statements where tenant = ${tenant}) + row_number() over (order by a.party collate "C", a.currency collate "C"),
      statement_id(${tenant}, ${month}, a.party, a.currency), ${month}, a.number
    from ledger_accounts a
    cross join lateral (
      select coalesce(bool_or(t.month = ${month}), false) as is_new, coalesce(sum(t.debits + t.credits), 0) as balance from ledger_turnovers t
      where t.tenant = a.tenant and t.account = a.number and t.month <= ${month}
    ) t
    where a.tenant = ${tenant} and a.kind = 'party' and (t.is_new or t.balance <> 0)`
  await tx`
    with open as (
      select tenant, id from erp_targets
      where tenant = ${tenant} and enabled and removed_at is null and settings @> '{"statements": true}' order by id for share
    ), due as (
      insert into statement_deliveries (tenant, target, document, number, changed_at)
      select s.tenant, t.id, s.id, s.number, at_ms(${at}) from closed_statements s join open t on t.tenant = s.tenant
      where s.tenant = ${tenant} and s.month = ${month} order by s.number, t.id
      returning target
    )
    insert into outbox (tenant, kind, key) select ${tenant}, 'statements', target from due group by target order by target collate "C" on conflict do nothing`
}
