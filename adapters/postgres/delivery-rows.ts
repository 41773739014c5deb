import type { Delivery, DeliveryState } from '../../core/domain/delivery.ts'
import type { AttemptView, DeliveryRef, DeliveryView } from '../../core/ports/deliveries.ts'
import type { Transaction } from './connect.ts'
import { present } from './rows.ts'

/** Rows of deliveries, and as the domain knows them: the same of whatever is delivered, in tables of its own. */

export interface DeliveryTables {
  readonly deliveries: 'erp_deliveries' | 'statement_deliveries' | 'roaming_deliveries'
  readonly attempts: 'erp_attempts' | 'statement_attempts' | 'roaming_attempts'
}

export interface DeliveryRow {
  readonly tenant: string
  readonly target: string
  readonly document: string
  readonly number: number
  readonly state: DeliveryState
  readonly attempts: number
  readonly forgiven: number
  readonly doubtful: boolean
  readonly next_ms: number | null
  readonly reference: string | null
  readonly reason: string | null
  readonly changed_ms: number
}

/** What to select for a `DeliveryRow`; `d` is the table of the deliveries. */
export const deliveryColumns = `d.tenant, d.target, d.document, d.number, d.state, d.attempts, d.forgiven, d.doubtful,
  ms(d.next_at) as next_ms, d.reference, d.reason, ms(d.changed_at) as changed_ms`

export const deliveryOf = ({
  doubtful: isDoubtful,
  next_ms: nextAt,
  reference,
  reason,
  changed_ms: changedAt,
  ...row
}: DeliveryRow): Delivery => ({ ...row, isDoubtful, changedAt, ...present({ nextAt, reference, reason }) })

export type AttemptRow = Pick<AttemptView, 'attempt' | 'asked'> & {
  readonly document: string
  readonly target: string
  readonly began_ms: number
  readonly ended_ms: number | null
  readonly outcome: AttemptView['outcome'] | null
  readonly detail: string | null
}

const attemptOf = ({
  attempt,
  asked,
  began_ms: beganAt,
  ended_ms: endedAt,
  outcome,
  detail,
}: AttemptRow): AttemptView => ({
  attempt,
  beganAt,
  asked,
  ...present({ endedAt, outcome, detail }),
})

/** Deliveries with every attempt that was made of them. */
export const withHistory = async (
  tx: Transaction,
  { attempts }: DeliveryTables,
  deliveries: readonly Delivery[],
): Promise<readonly DeliveryView[]> => {
  const rows = await tx<AttemptRow[]>`select a.document, a.target, a.attempt, a.asked, ms(a.began_at) as began_ms,
      ms(a.ended_at) as ended_ms, a.outcome, a.detail
    from unnest(${deliveries.map((d) => d.target)}::text[], ${deliveries.map((d) => d.document)}::uuid[]) as w(target, document)
      join ${tx(attempts)} a on a.tenant = ${deliveries[0]?.tenant ?? ''} and a.target = w.target and a.document = w.document
    order by a.attempt`
  const keyOf = ({ target, document }: Pick<AttemptRow, 'target' | 'document'>): string => `${target}/${document}`
  const histories = Map.groupBy(rows, keyOf)
  return deliveries.map((delivery) => ({
    ...delivery,
    history: (histories.get(keyOf(delivery)) ?? []).map(attemptOf),
  }))
}

export const findDelivery = async (
  tx: Transaction,
  { deliveries }: DeliveryTables,
  { tenant, target, document }: DeliveryRef,
): Promise<Delivery | undefined> => {
  const [row] = await tx<DeliveryRow[]>`select ${tx.unsafe(deliveryColumns)} from ${tx(deliveries)} d
    where d.tenant = ${tenant} and d.target = ${target} and d.document = ${document} for update`
  return row && deliveryOf(row)
}

export const saveDelivery = async (tx: Transaction, { deliveries }: DeliveryTables, d: Delivery): Promise<void> => {
  await tx`update ${tx(deliveries)} set state = ${d.state}, attempts = ${d.attempts}, forgiven = ${d.forgiven},
      doubtful = ${d.isDoubtful}, next_at = at_ms(${d.nextAt ?? null}::bigint), reference = ${d.reference ?? null},
      reason = ${d.reason ?? null}, changed_at = at_ms(${d.changedAt}::bigint)
    where tenant = ${d.tenant} and target = ${d.target} and document = ${d.document}`
}
