import type { PartnerRole, Side } from '../../../core/domain/roaming-partner.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import type { Digest } from '../../../core/ports/digest.ts'
import type { Ids } from '../../../core/ports/ids.ts'
import type { Log } from '../../../core/ports/log.ts'
import type { Allowance, PartnerAccess, Reach, RoamingPartnerStore } from '../../../core/ports/roaming-partners.ts'
import type { Sealer } from '../../../core/ports/sealer.ts'
import type { Secrets } from '../../../core/ports/secrets.ts'
import type { RoamingLedger } from '../../../core/ports/roaming.ts'
import type { OcpiModule } from './module.ts'
import { sideBase } from './versions.ts'

/** What roaming over OCPI stands on. */
export interface OcpiParts {
  readonly partners: RoamingPartnerStore
  readonly access: PartnerAccess
  readonly reach: Reach
  /** Hosts that the operator has named: in lower case. */
  readonly namedHosts: readonly string[]
  /** The parties of a tenant that partners deal with. */
  readonly rolesOf: (tenant: string) => Promise<readonly PartnerRole[]>
  /** Where partners reach this server, without a slash at its end. */
  readonly publicUrl: () => string
  readonly modules: readonly OcpiModule[]
  readonly ledger: RoamingLedger
  /** How often an address may show what is no token of ours, and how much a partner may ask. */
  readonly failures: Allowance
  readonly requests: Allowance
  readonly sealer: Sealer
  readonly secrets: Secrets
  readonly digest: Digest
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** Beneath it stands everything that partners of a tenant find here. */
export const baseOf = ({ publicUrl }: Pick<OcpiParts, 'publicUrl'>, tenant: string): string =>
  `${publicUrl()}/ocpi/${tenant}`

/** What partners are told to begin with; of a side: for those who speak 2.1.1. */
export const versionsUrlOf = (parts: Pick<OcpiParts, 'publicUrl'>, tenant: string, side?: Side): string =>
  `${side === undefined ? baseOf(parts, tenant) : sideBase(baseOf(parts, tenant), side)}/versions`
