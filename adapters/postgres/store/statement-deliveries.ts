import type { Delivery } from '../../../core/domain/delivery.ts'
import type { DeliveryView, StatementDeliveries, StatementDeliveryView } from '../../../core/ports/deliveries.ts'
import type { StatementName } from '../../../core/settlement/closed-statement.ts'
import type { Sql } from '../connect.ts'
import { statementLanes } from '../statement-lanes.ts'
import { asTenant } from '../tenant.ts'
import { deliveryList } from './deliveries.ts'

export const statementDeliveryStore = (app: Sql): StatementDeliveries => {
  const list = deliveryList(app, statementLanes)
  return {
    async list(tenant, filter, page) {
      const { items, next } = await list.list(tenant, filter, page)
      return { items: await named(app, tenant, items), next }
    },
    async change(ref, decide, word) {
      const changed = await list.change(ref, decide, word)
      if (changed === 'missing' || changed === 'senseless') return changed
      const [view] = await named(app, ref.tenant, [changed])
      return view ?? 'missing'
    },
  }
}

/** What each is the statement of. */
const named = (
  app: Sql,
  tenant: string,
  deliveries: readonly DeliveryView[],
): Promise<readonly StatementDeliveryView[]> =>
  asTenant(app, tenant, async (tx) => {
    const rows = await tx<(StatementName & Pick<Delivery, 'document'>)[]>`
      select s.id as document, s.month, a.party, a.currency from closed_statements s
        join ledger_accounts a on a.tenant = s.tenant and a.number = s.account
      where s.tenant = ${tenant} and s.id = any(${deliveries.map(({ document }) => document)}::uuid[])`
    const names = new Map(rows.map(({ document, ...name }) => [document, name]))
    return deliveries.flatMap((delivery) => {
      const name = names.get(delivery.document)
      return name === undefined ? [] : [{ ...delivery, statement: name }]
    })
  })
