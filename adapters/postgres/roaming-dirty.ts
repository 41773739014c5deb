import type { RoamingModule } from '../../core/ports/roaming.ts'
import type { Transaction } from './connect.ts'

/** Of a tenant that partners find anything of: the states in which a partner `isRegistered` (core/domain/roaming-partner.ts). */
export const registeredStates = ['registered', 'renewing'] as const

export interface DirtyKey {
  readonly tenant: string
  readonly module: RoamingModule
  readonly key: string
  /** Not before, ms since 1970 UTC. */
  readonly due: number
}

/**
 * Marks what may have changed for partners, for commits that know it themselves: behind everything else that they write.
 * Nothing is kept of tenants without partners; what has changed until a partner comes is found when it does.
 */
export const markDirty = (
  tx: Transaction,
  tenant: string,
  module: RoamingModule,
  keys: readonly string[],
  due: number,
): PromiseLike<unknown> => {
  const inOrder = [...new Set(keys)].sort()
  return tx`insert into roaming_dirty (tenant, module, key, due)
    select ${tenant}, ${module}, key, at_ms(${due}) from unnest(${inOrder}::text[]) as w(key)
    where exists (select from roaming_partners p where p.tenant = ${tenant} and p.state = any(${[...registeredStates]}::text[]))
    on conflict (tenant, module, key) do update set due = least(roaming_dirty.due, excluded.due)`
}

/** Of tenants that are known to have partners. Always in the same order: those who mark the same never wait in a circle. */
export const putDirty = async (tx: Transaction, keys: readonly DirtyKey[]): Promise<number> => {
  const earliest = new Map<string, DirtyKey>()
  for (const one of keys) {
    const name = `${one.tenant} ${one.module} ${one.key}`
    const known = earliest.get(name)
    if (known === undefined || one.due < known.due) earliest.set(name, one)
  }
  const d = [...earliest].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  if (d.length === 0) return 0
  await tx`insert into roaming_dirty (tenant, module, key, due)
    select tenant, module, key, at_ms(due)
    from unnest(${d.map((x) => x.tenant)}::text[], ${d.map((x) => x.module)}::text[], ${d.map((x) => x.key)}::text[], ${d.map((x) => x.due)}::bigint[]) as w(tenant, module, key, due)
    on conflict (tenant, module, key) do update set due = least(roaming_dirty.due, excluded.due)`
  return d.length
}
