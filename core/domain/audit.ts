import { formatInstant } from './instant.ts'

/** What is audited: every act of an operator that changes money, rights or what stations are told (S-19). */
export const auditActions = [
  'cdr.released',
  'party.changed',
  'party.removed',
  'site.changed',
  'site.removed',
  'charging-station.changed',
  'charging-station.removed',
  'evse.changed',
  'evse.removed',
  'tenure.changed',
  'tenure.removed',
  'tariff.changed',
  'tariff.removed',
  'tariff-assignment.changed',
  'tariff-assignment.removed',
  'contract.changed',
  'contract.removed',
  'contract.tokenChanged',
  'erp-target.changed',
  'erp-target.removed',
  'erp-target.replayed',
  'erp-delivery.retried',
  'erp-delivery.resolved',
  'statement-delivery.retried',
  'statement-delivery.resolved',
  'roaming-delivery.retried',
  'roaming-delivery.resolved',
  'roaming-partner.changed',
  'roaming-partner.invited',
  'roaming-partner.connected',
  'roaming-partner.rotated',
  'roaming-partner.unregistered',
  'roaming-partner.removed',
  'roaming-command.taken',
  'roaming-command.asked',
  'tenant.changed',
  'tenant.moved',
  'brand.changed',
  'settlement.started',
  'settlement.adjusted',
  'agreement.changed',
  'agreement.removed',
  'sim-provider.changed',
  'sim-provider.removed',
  'sim-command.given',
] as const
export type AuditAction = (typeof auditActions)[number]

/** Who did it: an API key, by the name it had then. */
export interface AuditActor {
  readonly key: string
  readonly label: string
}

/** One act, as it is handed in. `before` and `after` are what a reader must see of it, in the API's own terms. */
export interface AuditDraft {
  readonly tenant: string
  readonly at: number
  readonly actor: AuditActor
  readonly action: AuditAction
  /** What it was done to: an id, an identity. */
  readonly subject: string
  readonly before?: unknown
  readonly after?: unknown
  readonly note?: string
}

/** One act, as it is kept. Each carries the digest of the one before it, under its tenant; the first that of nothing. */
export interface AuditEntry extends Omit<AuditDraft, 'tenant'> {
  /** Without gaps, from 1. */
  readonly serial: number
  readonly previous: string
  readonly digest: string
  /** Its text is the one that was written, and so is what stands before it. */
  readonly isIntact: boolean
}

/** The text that is kept and digested. */
export const auditText = ({ at, actor, action, subject, before, after, note }: AuditDraft): string =>
  JSON.stringify({ at: formatInstant(at), actor, action, subject, before, after, note })
