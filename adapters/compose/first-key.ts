import { randomBytes } from 'node:crypto'
import { type Config, demoKeyPrefix } from '../config.ts'
import { installKey, lookupOf, newKeyText } from '../http/keys.ts'
import type { Sql } from '../postgres/connect.ts'
import { systemClock, systemIds } from '../system.ts'

/** The key of the settings, or, where there is no key at all yet, a new one. */
export const firstKey = async (
  config: Config,
  parts: Parameters<typeof installKey>[0],
  ingest: Sql,
): Promise<string | undefined> => {
  const key = { id: systemIds.uuid(), role: 'platform', scope: 'tenant', createdAt: systemClock.now() } as const
  if (config.apiKey !== undefined) {
    const isDemo = config.apiKey.startsWith(demoKeyPrefix)
    const label = isDemo ? 'demo' : 'SM_API_KEY'
    await installKey(parts, { ...key, label, ...(isDemo && { expiresAt: key.createdAt + 86_400_000 }) }, config.apiKey)
    // one that was set before is not wanted any more
    if (!isDemo) await parts.store.apiKeys.platform.replace(label, lookupOf(parts.digest, config.apiKey), key.createdAt)
    return undefined
  }
  const [known] = await ingest`select 1 from api_keys where revoked_at is null and label <> 'demo' limit 1`
  if (known !== undefined) return undefined
  const text = newKeyText(randomBytes)
  await installKey(parts, { ...key, label: 'first key' }, text)
  return text
}
