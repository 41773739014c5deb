import type { AuditActor } from '../../core/domain/audit.ts'
import type { Store } from '../../core/ports/store.ts'
import type { Caller } from './parts.ts'

/** Who asks, as the audit log names them: the key, by its label. */
export const actorOf = async (_: Pick<Store, 'apiKeys'>, { key, label }: Caller): Promise<AuditActor> => ({
  key,
  label,
})
