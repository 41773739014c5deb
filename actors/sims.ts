import { connectivityVoucher } from '../core/domain/connectivity-cost.ts'
import { dayOf } from '../core/domain/instant.ts'
import { monthOf } from '../core/domain/month.ts'
import { gapOf, jittered, pauseAfter, putOffMs } from '../core/domain/sim-pace.ts'
import type { Clock } from '../core/ports/clock.ts'
import { type GeneralLedger, PeriodClosed } from '../core/ports/general-ledger.ts'
import type { Ids } from '../core/ports/ids.ts'
import type { Log } from '../core/ports/log.ts'
import type { OutboxJob } from '../core/ports/outbox.ts'
import type { Random } from '../core/ports/random.ts'
import { type SimProvider, SimUnavailable } from '../core/ports/sim.ts'
import type { SimPolicy } from '../core/ports/sim-kinds.ts'
import type { HeldProvider, SimDesk, SimLanes, SimPace, SimTask } from '../core/ports/sims.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import type { Timers } from '../core/ports/timers.ts'
import { lookAt, outcomeOf } from './sim/ask.ts'
import { Turns } from './turns.ts'

interface Parts {
  readonly lanes: SimLanes
  readonly desk: Pick<SimDesk, 'open' | 'policy'>
  /** Where what SIMs cost is posted. */
  readonly ledger: Pick<GeneralLedger, 'post'>
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly ids: Ids
  readonly telemetry: Telemetry
  readonly log: Log
}

type Job = Pick<OutboxJob, 'id' | 'tenant' | 'key'>

/** What one process is at with a provider. */
interface Visit {
  readonly lane: HeldProvider
  readonly provider: SimProvider
  readonly policy: SimPolicy
  pace: SimPace
}

/** For how long a lane is looked after before others may: much less than its lease. */
const turnMs = 60_000

/**
 * Looks after the SIMs of providers. A job is only the word that there is something to ask; whoever takes it holds the
 * provider alone, over all processes, and nobody waits for him: one thing after the other is asked, each when the
 * provider's limit allows it. A provider that is slow, limits us or is away keeps nobody waiting but its own SIMs.
 */
export class Sims {
  readonly #parts: Parts
  readonly #turns = new Turns()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A job of the outbox: `boot/<identity>` is taken in, `lane/<provider>` is looked after from then on. */
  async work(job: Job): Promise<void> {
    if (this.#turns.isStopped) throw new Error('no more providers are looked after here')
    const { lanes, ids, clock, log } = this.#parts
    if (job.key.startsWith('boot/')) return lanes.booted(job, clock.now())
    const lane = await lanes.enter(job, ids.uuid(), clock.now())
    if (lane === undefined) return
    const turn = this.#turn(lane).catch((error: unknown) =>
      log.warn('the lane to a SIM provider was lost, and will be followed', {
        provider: lane.id,
        reason: String(error),
      }),
    )
    this.#turns.add(turn)
  }

  /** What is under way here has come to its end. */
  rest(): Promise<void> {
    return this.#turns.rest()
  }

  /** Nothing more is begun, and what is on its way is waited for; others go on from there. */
  stop(): Promise<void> {
    return this.#turns.stop()
  }

  async #turn(lane: HeldProvider): Promise<void> {
    const { lanes, clock } = this.#parts
    const visit = this.#opened(lane)
    if (visit === undefined) return
    const until = clock.monotonic() + turnMs
    while (!this.#turns.isStopped && visit.pace.pausedUntil === undefined && clock.monotonic() < until) {
      const task = await lanes.take(lane, clock.now())
      if (task === undefined) break
      await this.#do(visit, task)
    }
    if (visit.pace.pausedUntil === undefined) await this.#post(visit)
    await lanes.leave(lane, visit.pace, clock.now())
  }

  /** Nothing is asked with settings that cannot be read: it is looked at again when its lease is over. */
  #opened(lane: HeldProvider): Visit | undefined {
    const { desk, log } = this.#parts
    try {
      const policy = desk.policy(lane)
      const provider = desk.open(lane, () => this.#slot(visit))
      const visit: Visit = { lane, policy, provider, pace: { faults: lane.faults, nextTurnAt: lane.nextTurnAt } }
      return visit
    } catch (error) {
      log.error('the settings of a SIM provider cannot be read', { provider: lane.id, reason: String(error) })
      return undefined
    }
  }

  /** The next moment at which the provider may be asked. */
  async #slot(visit: Visit): Promise<void> {
    const { clock, timers } = this.#parts
    if (this.#turns.isStopped) throw new SimUnavailable('this process is going down')
    const gap = gapOf(visit.policy.perMinute)
    // a clock that is set back makes nobody wait for hours
    const ms = Math.min(visit.pace.nextTurnAt - clock.now(), gap)
    if (ms > 0) await new Promise<void>((go) => void timers.after(ms, go))
    // from when it goes out, whatever has kept it
    visit.pace = { ...visit.pace, nextTurnAt: clock.now() + gap }
  }

  async #do(visit: Visit, task: SimTask): Promise<void> {
    const { clock, telemetry, log } = this.#parts
    const began = clock.monotonic()
    try {
      await this.#ask(visit, task)
      visit.pace = { faults: 0, nextTurnAt: visit.pace.nextTurnAt }
      telemetry.took('sim.ask.duration', clock.monotonic() - began, task.type)
    } catch (error) {
      if (!(error instanceof SimUnavailable)) throw error
      // it is no fault of the provider's: whoever follows asks it at once
      if (this.#turns.isStopped) return
      const faults = visit.pace.faults + 1
      const ms = pauseAfter(faults, error.retryAfterMs, this.#chance())
      visit.pace = { ...visit.pace, faults, pausedUntil: clock.now() + ms, said: error.message.slice(0, 500) }
      telemetry.count('sim.unavailable')
      log.warn('a SIM provider does not answer', { provider: visit.lane.id, reason: error.message, pauseMs: ms })
      // the others of this provider come before it is asked of this one again
      if (task.type === 'look' || task.type === 'find') {
        const until = clock.now() + Math.max(ms, jittered(putOffMs, this.#chance()))
        await this.#parts.lanes.putOff(visit.lane, task.iccid, until, clock.now())
      }
    }
  }

  async #ask({ lane, provider, policy }: Visit, task: SimTask): Promise<void> {
    const { lanes, clock } = this.#parts
    switch (task.type) {
      case 'import':
        return lanes.imported(lane, await provider.list(task.cursor), clock.now())
      case 'find':
        return lanes.found(lane, task.iccid, await provider.getSim(task.iccid), clock.now())
      case 'look':
        return this.#look({ lane, provider, policy }, task.iccid, task.usageFrom)
      case 'command': {
        const { command } = task
        const outcome = await outcomeOf(provider, command, {
          wakeUpText: policy.wakeUpText,
          look: () => this.#look({ lane, provider, policy }, command.iccid, task.usageFrom),
        })
        await lanes.settle(command, outcome.event, clock.now())
        this.#parts.telemetry.count('sim.commands', outcome.event.type)
        // it was not done, and the provider is not asked for anything else now
        if (outcome.because !== undefined) throw outcome.because
      }
    }
  }

  async #look(
    { lane, provider, policy }: Pick<Visit, 'lane' | 'provider' | 'policy'>,
    iccid: string,
    usageFrom: string,
  ): Promise<void> {
    const { lanes, clock } = this.#parts
    const look = await lookAt(provider, iccid, { from: usageFrom, to: dayOf(clock.now()) })
    const at = clock.now()
    await lanes.looked(lane, iccid, look, { at, nextAt: at + jittered(policy.pollMs, this.#chance()), policy })
  }

  /** What months have cost comes into the general ledger, each once. One that is closed there is posted in this month. */
  async #post({ lane }: Visit): Promise<void> {
    const { lanes, ledger, clock, log } = this.#parts
    for (const month of await lanes.unposted(lane)) {
      try {
        await ledger.post(lane.tenant, [connectivityVoucher(month)])
      } catch (error) {
        if (!(error instanceof PeriodClosed)) throw error
        await ledger.post(lane.tenant, [connectivityVoucher(month, monthOf(dayOf(clock.now())))])
        log.warn('what a SIM cost is posted in another month', { sim: month.iccid, month: month.month })
      }
      await lanes.posted(month, clock.now())
    }
  }

  #chance(): number {
    return this.#parts.random.integer(0, 1_000) / 1_000
  }
}
