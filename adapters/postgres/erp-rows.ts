import type { ErpTarget, TargetRef } from '../../core/ports/deliveries.ts'
import type { Lane } from '../../core/domain/delivery.ts'
import type { SealedDocument } from '../../core/domain/document.ts'
import type { Transaction } from './connect.ts'
import { present } from './rows.ts'

/** Rows of the operator's books, and as the domain knows them. */

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
