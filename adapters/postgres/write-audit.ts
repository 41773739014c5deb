import { type AuditDraft, auditText } from '../../core/domain/audit.ts'
import type { Transaction } from './connect.ts'

/**
 * Writes an audit entry in the commit of what it tells of; serial and digests are the table's own. Entries of one tenant
 * wait for each other until they are committed: it is the last thing that a transaction does.
 */
export const writeAudit = (tx: Transaction, draft: AuditDraft): PromiseLike<unknown> =>
  tx`insert into audit (tenant, entry) values (${draft.tenant}, ${auditText(draft)})`
