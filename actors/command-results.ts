import { isOver } from '../core/domain/command.ts'
import type { RoamingCommand } from '../core/domain/roaming-command.ts'
import type { RoamingPartner } from '../core/domain/roaming-partner.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Commander } from '../core/ports/commander.ts'
import type { Log } from '../core/ports/log.ts'
import type { CommandRef, RoamingCommandStore } from '../core/ports/roaming-commands.ts'
import type { CallModule, ModuleReply } from '../core/ports/roaming.ts'
import type { RoamingPartnerStore } from '../core/ports/roaming-partners.ts'
import type { Store } from '../core/ports/store.ts'
import type { Timers } from '../core/ports/timers.ts'
import { resultKinds, resultOf, timedOut, withdrawn } from '../core/roaming/result-of.ts'
import { toWire } from '../core/roaming/wire.ts'
import { decide } from './roaming-command/decide.ts'
import type { RoamingCommandEvent } from './roaming-command/machine.ts'
import { reservationNumber } from './roaming-commands.ts'
import { Rounds } from './rounds.ts'

interface Parts {
  readonly commands: RoamingCommandStore
  readonly partners: Pick<RoamingPartnerStore, 'find'>
  readonly store: {
    readonly commands: Pick<Store['commands'], 'find'>
    readonly reservations: Pick<Store['reservations'], 'find'>
  }
  readonly commander: Pick<Commander, 'cancel'>
  readonly call: CallModule
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
}

const everyMs = 250
const afterFailureMs = 2_000
const batch = 200
/** A partner that does not answer has no more than so many results on their way to it, and holds nobody else's up. */
const mostInFlight = 8

/**
 * Tells partners what came of their commands. That a result is sent is committed before it is, and so is what came of that:
 * it is sent again where nobody knows whether it has arrived, and never once the partner has said that it has.
 */
export class CommandResults extends Rounds {
  readonly #parts: Parts
  readonly #inFlight = new Map<string, number>()
  readonly #sending = new Set<Promise<void>>()

  constructor(parts: Parts) {
    const { timers, log } = parts
    super({
      timers,
      log,
      round: async () => ((await this.look()) === batch ? 0 : everyMs),
      failed: 'results of commands could not be told',
      afterFailureMs,
    })
    this.#parts = parts
  }

  /** One look at all that something can be done about; answers how many that were. */
  async look(): Promise<number> {
    const { commands, clock, log } = this.#parts
    const due = await commands.due(clock.now(), batch)
    for (const ref of due)
      await this.#see(ref).catch((error: unknown) =>
        log.warn('the result of a command could not be told', { command: ref.id, reason: String(error) }),
      )
    return due.length
  }

  /** Until all that is on its way has arrived, or has not. */
  async idle(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending)
  }

  async #see(ref: CommandRef): Promise<void> {
    const before = await this.#parts.commands.find(ref)
    const event = before && (await this.#eventFor(before))
    if (before === undefined || event === undefined) return
    const partner = `${before.tenant}/${before.partner}`
    const settled = event.type === 'turn' ? before : await this.#tell(before, event)
    if (settled?.state !== 'due' && settled?.state !== 'sending') return
    if ((this.#inFlight.get(partner) ?? 0) >= mostInFlight) return
    const sent = await this.#tell(settled, { type: 'turn' })
    if (sent === undefined) return
    this.#inFlight.set(partner, (this.#inFlight.get(partner) ?? 0) + 1)
    const sending = this.#send(sent).finally(() => {
      this.#sending.delete(sending)
      this.#inFlight.set(partner, (this.#inFlight.get(partner) ?? 1) - 1)
    })
    this.#sending.add(sending)
  }

  /** Commits what an event makes of a command, unless somebody else has done something about it meanwhile. */
  #tell(seen: RoamingCommand, event: RoamingCommandEvent): Promise<RoamingCommand | undefined> {
    const { commands, clock } = this.#parts
    return commands.change(seen, (now) =>
      now.state === seen.state && now.attempts === seen.attempts ? decide(now, event, clock.now()) : undefined,
    )
  }

  async #eventFor(command: RoamingCommand): Promise<RoamingCommandEvent | undefined> {
    if (command.state === 'waiting') return this.#settled(command)
    if (command.state === 'kept') return this.#released(command)
    return { type: 'turn' }
  }

  async #settled(command: RoamingCommand): Promise<RoamingCommandEvent | undefined> {
    const { store, commander, clock } = this.#parts
    const now = clock.now()
    const order = await store.commands.find(command.tenant, command.order)
    const result = order && resultOf(command.type, order, now)
    if (result !== undefined)
      return { type: 'settled', result, isKept: command.type === 'RESERVE_NOW' && result['result'] === 'ACCEPTED' }
    if (now < command.due) return undefined
    // the partner will believe that nothing happens: so nothing shall, as far as that can be helped
    if (order !== undefined && !isOver(order)) await commander.cancel(order)
    return { type: 'settled', result: timedOut(command.type), isKept: false }
  }

  async #released(command: RoamingCommand): Promise<RoamingCommandEvent | undefined> {
    const { store, commands } = this.#parts
    const order = await store.commands.find(command.tenant, command.order)
    const reservation = order && (await store.reservations.find(command.tenant, reservationNumber(order)))
    if (reservation?.state === 'active' && reservation.command === command.order) return undefined
    if (reservation === undefined || reservation.state === 'used') return { type: 'released' }
    // it has taken the place of this one by itself
    if (reservation.command !== command.order) return { type: 'released' }
    const { tenant, partner } = command
    const cancels = await commands.cancelled(tenant, partner, command.reservation ?? '')
    const isTheirs =
      cancels !== undefined && cancels.createdAt >= command.createdAt && reservation.state === 'cancelled'
    return isTheirs ? { type: 'released' } : { type: 'withdrawn', result: withdrawn(reservation.reason) }
  }

  async #send(command: RoamingCommand): Promise<void> {
    const { partners, log } = this.#parts
    try {
      const partner = await partners.find({ tenant: command.tenant, partner: command.partner })
      const reply: ModuleReply =
        partner === undefined
          ? { type: 'refused', status: 0, reason: 'there is no such partner any more' }
          : await this.#post(partner, command)
      await this.#tell(command, outcomeOf(reply))
      if (reply.type === 'refused')
        log.warn('a partner does not want the result of its command', { command: command.id, reason: reply.reason })
    } catch (error) {
      // it stands as being sent: after a while it is sent again
      log.warn('what came of a result could not be kept', { command: command.id, reason: String(error) })
    }
  }

  #post(partner: RoamingPartner, command: RoamingCommand): Promise<ModuleReply> {
    const { type, version, result = {}, responseUrl: url, from, to, id, attempts } = command
    const { body } = toWire(result as never, { kind: resultKinds[type], version })
    return this.#parts.call(partner, {
      module: resultKinds[type] === 'commandResult' ? 'commands' : 'chargingprofiles',
      role: 'SENDER',
      method: 'POST',
      url,
      body,
      kind: 'push',
      object: id,
      attempt: attempts,
      // it goes back to whoever has asked
      ...(to !== undefined && { from: to }),
      ...(from !== undefined && { to: from }),
    })
  }
}

const outcomeOf = (reply: ModuleReply): RoamingCommandEvent => {
  if (reply.type === 'done') return { type: 'told' }
  const { reason } = reply
  if (reply.type === 'refused') return { type: 'refused', reason }
  const { retryAfterMs } = reply.type === 'failed' ? reply : {}
  return { type: 'unheard', reason, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}
