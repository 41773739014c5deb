import type { Clock } from '../../../../core/ports/clock.ts'
import type { Ids } from '../../../../core/ports/ids.ts'
import type { Log } from '../../../../core/ports/log.ts'
import type { PublishedStore, RaiseAlarm, ReceivedStore } from '../../../../core/ports/roaming.ts'
import type { OwnTokens, ReceivedTokens } from '../../../../core/ports/roaming-tokens.ts'
import type { AskDesk, RoamingCommandDesk } from '../../../../core/ports/roaming-commands.ts'
import type { PartnerAccess, RoamingPartnerStore } from '../../../../core/ports/roaming-partners.ts'

/** What the modules stand on, beside who asks. */
export interface ModuleParts {
  readonly published: PublishedStore
  readonly received: ReceivedStore
  readonly alarm: RaiseAlarm
  readonly receivedTokens: ReceivedTokens
  readonly ownTokens: OwnTokens
  readonly ids: Ids
  /** What partners want of our charging stations, and what we want of theirs. */
  readonly commands: RoamingCommandDesk
  readonly asks: Pick<AskDesk, 'heard'>
  /** Why an address that a partner has chosen is not called, or will not be (S-26). */
  readonly mayCall: (url: string) => Promise<string | undefined>
  readonly partners: Pick<RoamingPartnerStore, 'change'>
  readonly access: Pick<PartnerAccess, 'forget'>
  readonly clock: Clock
  readonly log: Log
}
