import type { AuditActor } from '../../core/domain/audit.ts'
import type { Store } from '../../core/ports/store.ts'
import type { Caller } from './parts.ts'

/** Who asks, as the audit log names them: the key, by the label it has now. */
export const actorOf = async (
  { apiKeys }: Pick<Store, 'apiKeys'>,
  { tenant, key, platform }: Caller,
): Promise<AuditActor> => {
  const keys = platform ? await apiKeys.platform.list() : await apiKeys.list(tenant)
  return { key, label: keys.find(({ id }) => id === key)?.label ?? '' }
}
