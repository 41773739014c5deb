import type { AuditActor } from '../../core/domain/audit.ts'
import type { Caller } from './parts.ts'

/** Who asks, as the audit log names them: the key, by its label. */
export const actorOf = ({ key, label }: Caller): AuditActor => ({ key, label })
