import type { Clock } from '../../../../core/ports/clock.ts'
import type { Log } from '../../../../core/ports/log.ts'
import type { AskDesk, RoamingCommandDesk } from '../../../../core/ports/roaming-commands.ts'
import type { PublishedStore, ReceivedStore } from '../../../../core/ports/roaming.ts'

/** What the modules stand on, beside who asks. */
export interface ModuleParts {
  readonly published: PublishedStore
  readonly received: ReceivedStore
  /** What partners want of our charging stations, and what we want of theirs. */
  readonly commands: RoamingCommandDesk
  readonly asks: Pick<AskDesk, 'heard'>
  /** Why an address that a partner has chosen is not called, or will not be (S-26). */
  readonly mayCall: (url: string) => Promise<string | undefined>
  readonly clock: Clock
  readonly log: Log
}
