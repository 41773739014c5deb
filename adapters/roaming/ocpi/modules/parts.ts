import type { Clock } from '../../../../core/ports/clock.ts'
import type { Log } from '../../../../core/ports/log.ts'
import type { PublishedStore, RaiseAlarm, ReceivedStore } from '../../../../core/ports/roaming.ts'

/** What the modules stand on, beside who asks. */
export interface ModuleParts {
  readonly published: PublishedStore
  readonly received: ReceivedStore
  readonly alarm: RaiseAlarm
  readonly clock: Clock
  readonly log: Log
}
