import type { Clock } from '../../../../core/ports/clock.ts'
import type { Log } from '../../../../core/ports/log.ts'
import type { PublishedStore, RaiseAlarm, ReceivedStore } from '../../../../core/ports/roaming.ts'
import type { PartnerAccess, RoamingPartnerStore } from '../../../../core/ports/roaming-partners.ts'

/** What the modules stand on, beside who asks. */
export interface ModuleParts {
  readonly published: PublishedStore
  readonly received: ReceivedStore
  readonly alarm: RaiseAlarm
  readonly partners: Pick<RoamingPartnerStore, 'change'>
  readonly access: Pick<PartnerAccess, 'forget'>
  readonly clock: Clock
  readonly log: Log
}
