import {
  type Campaign,
  type CampaignPlan,
  type CampaignState,
  finalStates,
  lostAfterMs,
  type Progress,
  progressOf,
  unreached,
  waitingStates,
} from '../../core/domain/campaign.ts'
import type { Command, CommandOutcome } from '../../core/domain/command.ts'
import { advance, isOver } from '../../core/domain/command.ts'
import type { CampaignChange, CampaignStore, PlannedOrder } from '../../core/ports/store.ts'
import type { TestClock } from './clock.ts'

interface Target {
  readonly identity: string
  command?: Command | undefined
  at: number
  handedOver: boolean
  orders: number
}

/** What a station makes of an order, and after how long; undefined = it never says anything. */
export type Answer = { readonly outcome: CommandOutcome; readonly afterMs: number }

/** One campaign in memory, the stations it is for, and every order that reached one. */
export class CampaignWorld {
  readonly clock: TestClock
  readonly targets: readonly Target[]
  campaign: Campaign
  due: number | undefined
  /** When a frame was written, and to whom. */
  readonly written: { readonly at: number; readonly identity: string }[] = []
  /** Each state it came into, and how many orders had been written by then. */
  readonly states: { readonly state: CampaignState; readonly written: number }[] = []
  /** Each look at it: where it stood, how its targets did, and where it went. */
  readonly looks: { readonly from: CampaignState; readonly progress: Progress; readonly to: CampaignState }[] = []
  readonly #answerOf: (identity: string, nth: number) => Answer
  #locked = false

  constructor(
    clock: TestClock,
    plan: CampaignPlan,
    targets: number,
    answerOf: (identity: string, nth: number) => Answer,
  ) {
    this.clock = clock
    this.#answerOf = answerOf
    this.targets = Array.from({ length: targets }, (_, i) => ({
      identity: `CP-${i}`,
      at: 0,
      handedOver: false,
      orders: 0,
    }))
    this.campaign = {
      id: 'c',
      tenant: 'default',
      name: 'test',
      plan,
      targets,
      state: 'scheduled',
      createdAt: clock.now(),
    }
    this.due = plan.startAt
  }

  get isOver(): boolean {
    return finalStates.includes(this.campaign.state)
  }

  progress(at = this.clock.now()): Progress {
    const byOutcome: Partial<Record<CommandOutcome, number>> = {}
    let [waiting, ordered, lost] = [0, 0, 0]
    for (const { command, handedOver, at: moment } of this.targets) {
      if (command === undefined) waiting++
      else if (isOver(command))
        byOutcome[command.outcome ?? 'notDelivered'] = (byOutcome[command.outcome ?? 'notDelivered'] ?? 0) + 1
      else ordered++
      if (command !== undefined && !isOver(command) && !handedOver && moment <= at - lostAfterMs) lost++
    }
    return progressOf({ waiting, ordered, lost, byOutcome })
  }

  readonly store: Pick<CampaignStore, 'due' | 'change' | 'handedOver' | 'putOff'> = {
    due: async (at) =>
      !this.isOver && this.due !== undefined && this.due <= at ? [{ tenant: 'default', id: 'c' }] : [],

    change: async (_, decide, dueAt) => {
      if (dueAt !== undefined && (this.#locked || this.due === undefined || this.due > dueAt)) return undefined
      this.#locked = true
      try {
        const progress = this.progress(dueAt)
        const change = decide(this.campaign, progress)
        if (change === undefined) return undefined
        if (dueAt !== undefined) this.looks.push({ from: this.campaign.state, progress, to: change.campaign.state })
        if (change.withdraw !== undefined)
          for (const target of this.targets)
            if (target.command?.state === 'queued')
              Object.assign(target, { command: undefined, at: 0, handedOver: false, orders: target.orders - 1 })
        const orders = this.#issue(change.issue, change.at)
        if (change.campaign.state !== this.campaign.state)
          this.states.push({ state: change.campaign.state, written: this.written.length })
        this.campaign = change.campaign
        this.due = change.next
        return { campaign: change.campaign, orders }
      } finally {
        this.#locked = false
      }
    },

    handedOver: async (_, orders) => {
      for (const { target: place, command } of orders) {
        const target = this.targets[place]
        if (target?.command?.id === command.id) target.handedOver = true
      }
    },

    putOff: async (_, until) => void (this.due = until),
  }

  #issue(issue: CampaignChange['issue'], now: number): PlannedOrder[] {
    if (issue === undefined) return []
    const moments = [...issue.moments]
    const orders: PlannedOrder[] = []
    const take = (
      wanted: (target: Target, place: number) => boolean,
      commandOf: (target: Target, moment: number) => Command,
    ): void => {
      for (const [place, target] of this.targets.entries()) {
        const [moment] = moments
        if (moment === undefined) return
        if (!wanted(target, place)) continue
        moments.shift()
        const command = commandOf(target, moment)
        Object.assign(target, {
          command,
          at: moment,
          handedOver: false,
          orders: target.orders + (target.command === command ? 0 : 1),
        })
        orders.push({ target: place, at: moment, command })
      }
    }
    take(
      ({ command, handedOver, at }) => command?.state === 'queued' && !handedOver && at <= now - lostAfterMs,
      ({ command }) => command as Command,
    )
    take(
      ({ command }, place) => command === undefined && place < issue.among,
      ({ identity }, moment) => numbered(issue.command(identity, moment)),
    )
    if (issue.again)
      take(
        ({ command, at, orders }) =>
          command !== undefined &&
          unreached.includes(command.outcome ?? 'succeeded') &&
          at <= now - Math.min(3_600_000, 5_000 * 2 ** orders),
        ({ identity }, moment) => numbered(issue.command(identity, moment)),
      )
    return orders
  }

  /** A way to the stations: it may be asked to send the same command again, and writes it once. */
  readonly commander = {
    dispatch: async ({ id, identity }: Command): Promise<void> => {
      const target = this.targets.find((t) => t.identity === identity)
      if (target?.command?.id !== id || target.command.state !== 'queued') return
      const { outcome, afterMs } = this.#answerOf(identity, target.orders)
      if (unreached.includes(outcome)) return this.#step(target, id, outcome)
      this.#step(target, id)
      this.written.push({ at: this.clock.now(), identity })
      this.clock.after(afterMs, () => this.#step(target, id, outcome))
    },
  }

  #step(target: Target, id: string, outcome?: CommandOutcome): void {
    if (target.command?.id !== id) return
    const at = this.clock.now()
    target.command = advance(
      target.command,
      outcome === undefined ? { at, state: 'sent' } : { at, state: 'done', outcome },
    )
  }

  /** Whether it only waits for a person. */
  get waitsForPerson(): boolean {
    return waitingStates.includes(this.campaign.state)
  }
}

let numbers = 0
const numbered = (command: Omit<Command, 'number'>): Command => ({ ...command, number: ++numbers })
