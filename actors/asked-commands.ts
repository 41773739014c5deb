import type { AskedCommand } from '../core/domain/roaming-command.ts'
import { askingMs, announcedS, graceMs } from '../core/domain/roaming-command.ts'
import type { Bus } from '../core/ports/bus.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Ids } from '../core/ports/ids.ts'
import type { Log } from '../core/ports/log.ts'
import type { AskDesk, AskedCommandStore, Request } from '../core/ports/roaming-commands.ts'
import type { CallModule, ModuleReply } from '../core/ports/roaming.ts'
import type { RoamingPartnerStore } from '../core/ports/roaming-partners.ts'
import type { Timers } from '../core/ports/timers.ts'
import type { Kind } from '../core/roaming/objects/index.ts'
import { fromWire, toWire } from '../core/roaming/wire.ts'
import { decideAsked } from './asked-command/decide.ts'
import type { AskedCommandEvent } from './asked-command/machine.ts'
import { Rounds } from './rounds.ts'

interface Parts {
  readonly asked: AskedCommandStore
  readonly partners: Pick<RoamingPartnerStore, 'find'>
  readonly call: CallModule
  readonly bus: Bus
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly log: Log
  /** An address that nobody can guess, and by what it is found again. */
  readonly newAddress: () => { readonly address: string; readonly hash: string }
  readonly hashOf: (address: string) => string
  /** Where the result of a command of this type is posted to. */
  readonly urlOf: (of: {
    readonly tenant: string
    readonly version: string
    readonly path: readonly string[]
  }) => string
}

const kinds: Readonly<Record<AskedCommand['type'], Kind>> = {
  START_SESSION: 'startSession',
  STOP_SESSION: 'stopSession',
  RESERVE_NOW: 'reserveNow',
  CANCEL_RESERVATION: 'cancelReservation',
  UNLOCK_CONNECTOR: 'unlockConnector',
}

const topicOf = (id: string): string => `roaming-command/${id}`
const pollMs = 1_000
const longestS = 3_600

/** Has partners do something, as an EMP for its drivers. What is asked is a row first: its result may come to any process. */
export class AskedCommands implements AskDesk {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async ask({ tenant, partner: id, type, body, from, to, by }: Request): Promise<AskedCommand> {
    const { asked, partners, clock, ids, newAddress, urlOf } = this.#parts
    const { address, hash } = newAddress()
    const at = clock.now()
    const command: AskedCommand = {
      tenant,
      id: ids.uuid(),
      partner: id,
      type,
      body,
      addressHash: hash,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      state: 'asking',
      // should nobody live to hear the answer
      deadline: at + askingMs + announcedS * 1_000 + graceMs,
      createdAt: at,
      changedAt: at,
    }
    await asked.create(command, by)
    const partner = await partners.find({ tenant, partner: id })
    if (partner?.version === undefined) return this.#after(command, { type: 'failed', reason: 'it is not registered' })
    const { version } = partner
    const response_url = urlOf({ tenant, version, path: [type, address] })
    const sent = toWire({ ...body, response_url } as never, { kind: kinds[type], version })
    if (sent.body === undefined)
      return this.#after(command, { type: 'failed', reason: `version ${version} has no words for it` })
    const reply = await this.#parts.call(partner, {
      module: 'commands',
      role: 'RECEIVER',
      method: 'POST',
      path: [type],
      body: sent.body,
      kind: 'ask',
      object: command.id,
      timeoutMs: askingMs,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    })
    return this.#after(command, answerOf(reply, version, clock.now()))
  }

  async #after(command: AskedCommand, event: AskedCommandEvent): Promise<AskedCommand> {
    const { asked, clock } = this.#parts
    const now = await asked.change(command, (stored) => decideAsked(stored, event, clock.now()))
    this.#announce(command.id)
    return now ?? (await asked.find(command)) ?? command
  }

  #announce(id: string): void {
    this.#parts.bus.publish(topicOf(id), '')
  }

  async heard(
    { tenant, partner, address }: { readonly tenant: string; readonly partner: string; readonly address: string },
    { result, reason }: { readonly result: string; readonly reason?: string },
  ): Promise<boolean> {
    const { asked, clock, hashOf } = this.#parts
    const command = await asked.at(tenant, hashOf(address))
    if (command === undefined || command.partner !== partner) return false
    const said = { result, ...(reason !== undefined && { reason }) }
    await asked.change(command, (stored) => {
      // the only thing that may follow a result, and only where something was reserved
      const isWithdrawn = result === 'CANCELED_RESERVATION' && stored.type === 'RESERVE_NOW' && stored.state === 'done'
      return decideAsked(stored, { type: isWithdrawn ? 'withdrawn' : 'result', ...said }, clock.now())
    })
    this.#announce(command.id)
    // whoever says it twice has not heard that we have heard it
    return true
  }

  async wait(command: AskedCommand, ms: number): Promise<AskedCommand> {
    const { clock, asked } = this.#parts
    const until = clock.monotonic() + ms
    for (;;) {
      const changed = this.#changed(command.id, Math.min(pollMs, until - clock.monotonic()))
      const now = (await asked.find(command)) ?? command
      const isOver = now.state !== 'asking' && now.state !== 'waiting'
      if (isOver || clock.monotonic() >= until) {
        changed.cancel()
        return now
      }
      await changed.done
    }
  }

  #changed(id: string, ms: number): { readonly done: Promise<void>; cancel(): void } {
    const { timers, bus } = this.#parts
    let cancel = (): void => {}
    const done = new Promise<void>((go) => {
      const late = timers.after(Math.max(0, ms), () => cancel())
      const unsubscribe = bus.subscribe(topicOf(id), () => cancel())
      cancel = () => {
        late()
        unsubscribe()
        go()
      }
    })
    return { done, cancel: () => cancel() }
  }

  /** One look at all whose result is overdue. */
  async sweep(limit = 200): Promise<number> {
    const { asked, clock } = this.#parts
    const overdue = await asked.overdue(clock.now(), limit)
    for (const ref of overdue) {
      await asked.change(ref, (stored) =>
        stored.deadline <= clock.now() ? decideAsked(stored, { type: 'late' }, clock.now()) : undefined,
      )
      this.#announce(ref.id)
    }
    return overdue.length
  }

  /** Looks for them again and again. */
  sweeping(): Rounds {
    const { timers, log } = this.#parts
    return new Rounds({
      timers,
      log,
      round: async () => ((await this.sweep()) > 0 ? 0 : pollMs),
      failed: 'commands whose results are overdue could not be swept',
      afterFailureMs: 5_000,
    })
  }
}

const answerOf = (reply: ModuleReply, version: '2.1.1' | '2.2.1' | '2.3.0', now: number): AskedCommandEvent => {
  if (reply.type === 'unclear') {
    const deadline = now + announcedS * 1_000 + graceMs
    return { type: 'unclear', reason: reply.reason, deadline }
  }
  if (reply.type === 'failed' || reply.type === 'absent') return { type: 'failed', reason: reply.reason }
  if (reply.type === 'refused') return { type: 'refused', reason: reply.reason }
  const { object, faults } = fromWire(reply.data, { kind: 'commandResponse', version })
  if (object === undefined)
    return {
      type: 'unclear',
      reason: `its answer is no CommandResponse: ${faults.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ')}`,
      deadline: now + announcedS * 1_000 + graceMs,
    }
  const { result, timeout, message } = object
  if (result !== 'ACCEPTED') return { type: 'refused', response: result, reason: message?.[0]?.text ?? result }
  const deadline = now + Math.min(Math.max(timeout, 0), longestS) * 1_000 + graceMs
  return { type: 'accepted', response: result, deadline }
}
