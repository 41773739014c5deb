import type { AttemptView, DeliveryRef, DeliveryView, ErpTarget, TargetRef } from '../../core/ports/deliveries.ts'
import type { Delivery, DeliveryState, Lane } from '../../core/domain/delivery.ts'
import type { SealedDocument } from '../../core/domain/document.ts'
import type { Transaction } from './connect.ts'
import { present } from './rows.ts'

/** Rows of the books' way out, and as the domain knows them. */

export interface TargetRow {
  readonly tenant: string
  readonly id: string
  readonly kind: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: string | null
  readonly enabled: boolean
  readonly most_in_flight: number
  readonly faults: number
  readonly paused_ms: number | null
  readonly changed_ms: number
}

/** What to select for a `TargetRow`; `t` is the erp_targets table. */
export const targetColumns = `t.tenant, t.id, t.kind, t.settings, t.secrets, t.enabled, t.most_in_flight, t.faults,
  ms(t.paused_until) as paused_ms, ms(t.changed_at) as changed_ms`

export const targetOf = ({ tenant, id, kind, settings, secrets, enabled, ...row }: TargetRow): ErpTarget => ({
  tenant,
  id,
  kind,
  settings,
  enabled,
  mostInFlight: row.most_in_flight,
  changedAt: row.changed_ms,
  ...present({ secrets }),
})

export const laneOf = ({ faults, paused_ms: pausedUntil }: TargetRow): Lane => ({ faults, ...present({ pausedUntil }) })

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

/** What to select for a `DeliveryRow`; `d` is the erp_deliveries table. */
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
  deliveries: readonly Delivery[],
): Promise<readonly DeliveryView[]> => {
  const rows = await tx<AttemptRow[]>`select a.document, a.target, a.attempt, a.asked, ms(a.began_at) as began_ms,
      ms(a.ended_at) as ended_ms, a.outcome, a.detail
    from unnest(${deliveries.map((d) => d.target)}::text[], ${deliveries.map((d) => d.document)}::uuid[]) as w(target, document)
      join erp_attempts a on a.tenant = ${deliveries[0]?.tenant ?? ''} and a.target = w.target and a.document = w.document
    order by a.attempt`
  const keyOf = ({ target, document }: Pick<AttemptRow, 'target' | 'document'>): string => `${target}/${document}`
  const histories = Map.groupBy(rows, keyOf)
  return deliveries.map((delivery) => ({
    ...delivery,
    history: (histories.get(keyOf(delivery)) ?? []).map(attemptOf),
  }))
}

export interface DocumentRow {
  readonly tenant: string
  readonly number: number
  readonly id: string
  readonly kind: SealedDocument['kind']
  readonly cdr: string
  readonly bytes: Uint8Array
  readonly digest: string
  readonly sealed_ms: number
}

export const findDocument = async (tx: Transaction, id: string): Promise<SealedDocument | undefined> => {
  const [row] = await tx<DocumentRow[]>`select tenant, number, id, kind, cdr, bytes, encode(digest, 'hex') as digest,
      ms(sealed_at) as sealed_ms from documents where id = ${id}`
  if (row === undefined) return undefined
  const { sealed_ms: sealedAt, bytes, ...known } = row
  return { ...known, bytes: new Uint8Array(bytes), sealedAt }
}

/**
 * The lock that everything about a target's lane is done under: who sends what, and who is woken. It lets documents be
 * sealed meanwhile, which only refer to the target.
 */
export const lockTarget = async (tx: Transaction, { tenant, target }: TargetRef): Promise<TargetRow | undefined> => {
  const [row] = await tx<TargetRow[]>`select ${tx.unsafe(targetColumns)} from erp_targets t
    where t.tenant = ${tenant} and t.id = ${target} and t.removed_at is null for no key update`
  return row
}

export const findDelivery = async (
  tx: Transaction,
  { tenant, target, document }: DeliveryRef,
): Promise<Delivery | undefined> => {
  const [row] = await tx<DeliveryRow[]>`select ${tx.unsafe(deliveryColumns)} from erp_deliveries d
    where d.tenant = ${tenant} and d.target = ${target} and d.document = ${document} for update`
  return row && deliveryOf(row)
}

export const saveDelivery = async (tx: Transaction, d: Delivery): Promise<void> => {
  await tx`update erp_deliveries set state = ${d.state}, attempts = ${d.attempts}, forgiven = ${d.forgiven},
      doubtful = ${d.isDoubtful}, next_at = at_ms(${d.nextAt ?? null}::bigint), reference = ${d.reference ?? null},
      reason = ${d.reason ?? null}, changed_at = at_ms(${d.changedAt}::bigint)
    where tenant = ${d.tenant} and target = ${d.target} and document = ${d.document}`
}

/** Has the lane looked after by whoever does jobs; under its lock. */
export const wakeLane = async (tx: Transaction, { tenant, target }: TargetRef): Promise<void> => {
  await tx`insert into outbox (tenant, kind, key) values (${tenant}, 'erp', ${target}) on conflict do nothing`
}
