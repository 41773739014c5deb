import { CommandResults } from '../../actors/command-results.ts'
import { Publisher } from '../../actors/publisher.ts'
import { RoamingChores } from '../../actors/roaming-chores.ts'
import type { ChoreStore } from '../../core/ports/roaming-chores.ts'
import type { RoamingCommandStore } from '../../core/ports/roaming-commands.ts'
import { confirmedCdrs } from '../postgres/confirmed-cdrs.ts'
import { leaveLanes } from '../postgres/leave-lanes.ts'
import { publishedSources } from '../postgres/published-sources.ts'
import { postgresPublisher } from '../postgres/roaming-publisher.ts'
import { resendObjects } from '../postgres/roaming-resend.ts'
import { choresOf } from '../roaming/chores.ts'
import { systemClock, systemTimers } from '../system.ts'
import type { Shared } from './shared.ts'
import { hourly } from './undo.ts'

interface Parts extends Shared {
  /** Something was left in the outbox. */
  readonly hurry: () => void
  /** Of this process. */
  readonly name: string
  readonly exchanged: Pick<
    Parameters<typeof choresOf>[0],
    'published' | 'received' | 'receivedTokens' | 'ownTokens' | 'alarm'
  >
  readonly chores: ChoreStore
  readonly taken: RoamingCommandStore
}

/** What is done for roaming partners without their asking. */
export const startRoamingJobs = ({
  system,
  log,
  undo,
  telemetry,
  app,
  ingest,
  store,
  commander,
  roaming,
  hurry,
  name,
  exchanged,
  chores,
  taken,
}: Parts): void => {
  const publisher = new Publisher({
    publisher: postgresPublisher({ ingest, app, sources: publishedSources, log, published: leaveLanes }),
    published: hurry,
    clock: systemClock,
    timers: systemTimers,
    telemetry,
    log,
  })
  publisher.start()
  undo.on('publisher', async () => publisher.stop())
  const seeing = new RoamingChores({
    chores,
    partners: store.roamingPartners,
    rolesOf: roaming.rolesOf,
    work: choresOf({
      ...exchanged,
      call: roaming.call,
      clock: systemClock,
      timers: systemTimers,
      resend: resendObjects(app, leaveLanes),
      confirmed: confirmedCdrs(app),
    }),
    name,
    clock: systemClock,
    timers: systemTimers,
    log,
  })
  seeing.start()
  undo.on('chores of roaming', async () => seeing.stop())
  const results = new CommandResults({
    ...system,
    commands: taken,
    partners: store.roamingPartners,
    store,
    commander,
    call: roaming.call,
  })
  const asks = roaming.asks.sweeping()
  for (const rounds of [results, asks]) {
    rounds.start()
    undo.on('commands of roaming partners', async () => rounds.stop())
  }
  hourly(undo, 'parties of hubs', log, () => roaming.pullClients())
  hourly(undo, 'tokens of roaming partners', log, async () => {
    const rotated = await roaming.rotate()
    if (rotated > 0) log.info('tokens of roaming partners were due', { partners: rotated })
  })
}
