import { refusalOf, type Wish } from '../core/domain/campaign.ts'
import type { Answered, CampaignDesk } from '../core/ports/campaigns.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Commander } from '../core/ports/commander.ts'
import type { Log } from '../core/ports/log.ts'
import type { CampaignStore, PlannedOrder } from '../core/ports/store.ts'
import type { Timers } from '../core/ports/timers.ts'
import { decide, type Outside, step } from './campaign/decide.ts'
import { Rounds } from './rounds.ts'

type Ref = Parameters<CampaignStore['change']>[0]

interface DeskParts extends Outside {
  readonly campaigns: CampaignStore
  readonly clock: Clock
}

/** Where a person pauses, resumes or cancels a campaign, on whatever process the wish arrives. */
export const campaignDesk = ({ campaigns, clock, ...outside }: DeskParts): CampaignDesk => ({
  async ask(ref: Ref, wish: Wish): Promise<Answered | undefined> {
    let because: string | undefined
    const changed = await campaigns.change(ref, (campaign) => {
      const change = decide(campaign, { type: wish }, clock.now(), outside)
      if (change === undefined) because = refusalOf(wish, campaign.state)
      return change
    })
    if (changed !== undefined) return { granted: true }
    return because === undefined ? undefined : { granted: false, because }
  },
})

interface RunnerParts extends DeskParts {
  readonly commander: Pick<Commander, 'dispatch'>
  readonly timers: Timers
  readonly log: Log
}

const everyMs = 250
const afterFailureMs = 5_000
const putOffMs = 10_000
const batch = 50

/**
 * Runs campaigns whose deadline has come. Which charge points are ordered, under which command ids, is committed first;
 * then each order is sent on its way at its moment. Whoever dies between the two is followed by the next step, of
 * whatever process: it finds the orders that never left and sends them, and a command that was sent after all is not
 * written again (INV-48).
 */
export class CampaignRunner {
  readonly #parts: RunnerParts
  readonly #rounds: Rounds
  readonly #pending = new Set<() => void>()

  constructor(parts: RunnerParts) {
    const { timers, log } = parts
    this.#parts = parts
    this.#rounds = new Rounds({
      timers,
      log,
      round: () => this.#round(),
      failed: 'campaigns cannot be looked at',
      afterFailureMs,
    })
  }

  start(): void {
    this.#rounds.start()
  }

  /** Orders whose moment has not come stay behind, for whoever runs the campaign next. */
  stop(): void {
    this.#rounds.stop()
    for (const cancel of this.#pending) cancel()
  }

  async #round(): Promise<number> {
    const { campaigns, clock } = this.#parts
    for (const ref of await campaigns.due(clock.now(), batch)) if (!this.#rounds.isStopped) await this.#step(ref)
    return everyMs
  }

  async #step(ref: Ref): Promise<void> {
    const { campaigns, clock, log } = this.#parts
    const at = clock.now()
    let before: string | undefined
    try {
      const changed = await campaigns.change(
        ref,
        (campaign, progress) => {
          before = campaign.state
          return step(campaign, progress, at, this.#parts)
        },
        at,
      )
      if (changed === undefined) return
      const { name, state, reason } = changed.campaign
      if (state !== before)
        log.info('campaign', { campaign: ref.id, name, state, ...(reason !== undefined && { reason }) })
      void this.#send(ref, changed.orders)
    } catch (error) {
      log.error('a campaign cannot go on just now', { campaign: ref.id, reason: String(error) })
      await campaigns.putOff(ref, at + putOffMs)
    }
  }

  async #send(ref: Ref, orders: readonly PlannedOrder[]): Promise<void> {
    if (orders.length === 0 || this.#rounds.isStopped) return
    const { campaigns, log } = this.#parts
    const left = await Promise.all(orders.map((order) => this.#sendOne(order)))
    await campaigns
      .handedOver(
        ref,
        orders.filter((_, i) => left[i]),
      )
      .catch((error: unknown) => log.warn('orders that have left could not be noted', { reason: String(error) }))
  }

  async #sendOne({ at, command }: PlannedOrder): Promise<boolean> {
    const { clock, timers, commander, log } = this.#parts
    await new Promise<void>((go) => {
      const cancel = timers.after(Math.max(0, at - clock.now()), () => {
        this.#pending.delete(cancel)
        go()
      })
      this.#pending.add(cancel)
    })
    try {
      await commander.dispatch(command)
      return true
    } catch (error) {
      log.warn('an order could not be dispatched', { command: command.id, reason: String(error) })
      return false
    }
  }
}
