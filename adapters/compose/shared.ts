import type { AskedCommands } from '../../actors/asked-commands.ts'
import type { OrderDesk } from '../../actors/commander.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { Log } from '../../core/ports/log.ts'
import type { Store } from '../../core/ports/store.ts'
import type { Telemetry } from '../../core/ports/telemetry.ts'
import type { Timers } from '../../core/ports/timers.ts'
import type { Config } from '../config.ts'
import type { Sql } from '../postgres/connect.ts'
import type { Roaming } from '../roaming/open.ts'
import type { Undo } from './undo.ts'

/** What every part of a server is made of. */
export interface Shared {
  readonly config: Config
  readonly system: { readonly clock: Clock; readonly timers: Timers; readonly ids: Ids; readonly log: Log }
  readonly log: Log
  readonly undo: Undo
  readonly telemetry: Telemetry
  readonly app: Sql
  readonly ingest: Sql
  readonly store: Store
  readonly commander: OrderDesk
  readonly roaming: Roaming<AskedCommands>
}
