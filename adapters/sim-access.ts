import type { SimAccess, SimKinds } from '../core/ports/sim-kinds.ts'
import type { SimDesk, SimProviderRecord } from '../core/ports/sims.ts'
import type { Sealer } from '../core/ports/sealer.ts'
import { readableSecrets, unsealed } from './sealed-secrets.ts'

/** How SIM providers are read: their settings as they are, their secrets unsealed for as long as that takes. */
export const simDesk = ({ kinds, sealer }: { readonly kinds: SimKinds; readonly sealer: Sealer }): SimDesk => {
  const accessOf = (provider: SimProviderRecord): SimAccess => {
    const { tenant, id, settings } = provider
    return { tenant, id, settings, secrets: unsealed(sealer, provider) }
  }
  return {
    kinds,
    open: (provider, turn) => kinds.open(provider.kind, accessOf(provider), turn),
    policy: (provider) => kinds.policy(provider.kind, accessOf(provider)),
    secretsOf: (provider) => readableSecrets(sealer, provider),
  }
}
