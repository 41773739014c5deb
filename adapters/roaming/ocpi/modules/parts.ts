import type { Clock } from '../../../../core/ports/clock.ts'
import type { Ids } from '../../../../core/ports/ids.ts'
import type { Log } from '../../../../core/ports/log.ts'
import type { PublishedStore, RaiseAlarm, ReceivedStore } from '../../../../core/ports/roaming.ts'
import type { OwnTokens, ReceivedTokens } from '../../../../core/ports/roaming-tokens.ts'

/** What the modules stand on, beside who asks. */
export interface ModuleParts {
  readonly published: PublishedStore
  readonly received: ReceivedStore
  readonly alarm: RaiseAlarm
  readonly receivedTokens: ReceivedTokens
  readonly ownTokens: OwnTokens
  readonly ids: Ids
  readonly clock: Clock
  readonly log: Log
}
