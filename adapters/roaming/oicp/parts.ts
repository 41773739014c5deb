import type { Clock } from '../../../core/ports/clock.ts'
import type { Ids } from '../../../core/ports/ids.ts'
import type { Log } from '../../../core/ports/log.ts'
import type { HubOrders, OicpStore } from '../../../core/ports/oicp.ts'
import type { PublishedStore, RoamingLedger } from '../../../core/ports/roaming.ts'
import type { Reach, RoamingPartnerStore } from '../../../core/ports/roaming-partners.ts'
import type { Sealer } from '../../../core/ports/sealer.ts'
import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { OicpSettings } from '../../../core/roaming/oicp/settings.ts'

/** What roaming over OICP stands on. */
export interface OicpParts {
  readonly store: OicpStore
  readonly partners: Pick<RoamingPartnerStore, 'find' | 'change'>
  readonly published: Pick<PublishedStore, 'since'>
  readonly orders: HubOrders
  readonly reach: Reach
  readonly ledger: RoamingLedger
  readonly sealer: Sealer
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** A partner that is a hub of this kind. */
export interface Hub {
  readonly partner: RoamingPartner
  readonly settings: OicpSettings
}

export const hubOf = (partner: RoamingPartner | undefined): Hub | undefined =>
  partner?.protocol === 'oicp' && partner.oicp !== undefined ? { partner, settings: partner.oicp } : undefined
