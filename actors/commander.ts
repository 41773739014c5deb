import type { CallOutcome, WorkerAnswer, WorkerMessage } from '../core/cluster/message.ts'
import type { ChargePointRef } from '../core/domain/charge-point.ts'
import { advance, type Command, isOver, type Order } from '../core/domain/command.ts'
import type { Bus } from '../core/ports/bus.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Commander } from '../core/ports/commander.ts'
import type { Directory } from '../core/ports/directory.ts'
import type { Ids } from '../core/ports/ids.ts'
import type { Log } from '../core/ports/log.ts'
import type { CommandStore, SessionStore } from '../core/ports/store.ts'
import type { Timers } from '../core/ports/timers.ts'
import type { TraceEntry, TraceQuery } from '../core/domain/trace.ts'

interface Parts {
  readonly directory: Directory
  readonly bus: Bus
  readonly commands: CommandStore
  readonly sessions: SessionStore
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly log: Log
}

const graceMs = 5_000
const pollMs = 1_000

/** The topic on which a change of this command is announced. */
export const commandTopic = (id: string): string => `command/${id}`

/** Orders from anywhere: a row first, then the worker that holds the socket carries it out. */
export class OrderDesk implements Commander {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async order(ref: ChargePointRef, order: Order, deadlineMs: number): Promise<Command> {
    const { clock, ids, commands } = this.#parts
    const at = clock.now()
    const command: Command = {
      ...ref,
      id: ids.uuid(),
      order,
      state: 'queued',
      createdAt: at,
      deadline: at + deadlineMs,
      history: [{ at, state: 'queued' }],
    }
    await commands.create(command)
    void this.#dispatch(command).catch((error: unknown) =>
      this.#parts.log.error('an order could not be dispatched', { command: command.id, reason: String(error) }),
    )
    return command
  }

  async wait(command: Command, ms: number): Promise<Command> {
    const { clock, bus, commands } = this.#parts
    const until = clock.monotonic() + ms
    for (;;) {
      const changed = this.#changed(command.id, Math.min(pollMs, until - clock.monotonic()))
      const now = (await commands.find(command.tenant, command.id)) ?? command
      if (isOver(now) || clock.monotonic() >= until) {
        bus.publish(commandTopic(command.id), '')
        await changed
        return now
      }
      await changed
    }
  }

  async call(ref: ChargePointRef, action: string, payload: unknown, timeoutMs: number): Promise<CallOutcome> {
    const answer = await this.#ask(
      ref,
      { number: 1, to: ref, action, payload, deadline: this.#parts.clock.now() + timeoutMs },
      timeoutMs + graceMs,
    )
    if (answer?.type === 'called') return answer.outcome
    return { type: 'notDelivered', reason: 'the charge point is not connected' }
  }

  async trace({ tenant, identity }: ChargePointRef, query: TraceQuery): Promise<readonly TraceEntry[]> {
    const ref = { tenant, identity }
    const answer = await this.#ask(ref, { number: 13, to: ref, query }, graceMs)
    return answer?.type === 'trace' ? answer.entries : []
  }

  async hangUp(ref: ChargePointRef, reason: string): Promise<void> {
    await this.#ask(ref, { number: 3, to: ref, below: Number.MAX_SAFE_INTEGER, code: 1008, reason }, graceMs)
  }

  async #dispatch(command: Command): Promise<void> {
    const transaction = await this.#transactionOf(command)
    if (transaction === null) return this.#end(command, 'rejected', 'no such session is open on this charge point')
    const message: WorkerMessage = {
      number: 4,
      to: { tenant: command.tenant, identity: command.identity },
      command,
      ...(transaction !== undefined && { transaction }),
    }
    const answer = await this.#ask(command, message, graceMs)
    if (answer?.type !== 'done') await this.#end(command, 'notDelivered', 'the charge point is not connected')
  }

  async #transactionOf({ order, tenant, identity }: Command): Promise<string | null | undefined> {
    if (order.type !== 'stopCharging') return undefined
    const session = await this.#parts.sessions.find(tenant, order.session)
    return session?.state === 'open' && session.identity === identity ? (session.transaction ?? null) : null
  }

  async #end(command: Command, outcome: 'rejected' | 'notDelivered', reason: string): Promise<void> {
    await this.#parts.commands.save(advance(command, { at: this.#parts.clock.now(), state: 'done', outcome, reason }))
    this.#parts.bus.publish(commandTopic(command.id), '')
  }

  async #ask(ref: ChargePointRef, message: WorkerMessage, timeoutMs: number): Promise<WorkerAnswer | undefined> {
    const { directory, bus, log } = this.#parts
    const { tenant, identity } = ref
    const place = await directory.locate({ tenant, identity }).catch((error: unknown) => {
      // whoever gave the order hears at once that it goes nowhere (F-10)
      log.warn('the directory does not answer', { reason: String(error) })
      return undefined
    })
    if (place === undefined) return undefined
    try {
      return await bus.ask(place.worker, message, timeoutMs)
    } catch (error) {
      log.warn('a worker did not answer', { worker: place.worker, message: message.number, reason: String(error) })
      return undefined
    }
  }

  /** Wakes when the command is announced, and at the latest after `ms`: announcements may be lost. */
  #changed(id: string, ms: number): Promise<void> {
    return new Promise((go) => {
      const cancel = this.#parts.timers.after(Math.max(0, ms), () => {
        unsubscribe()
        go()
      })
      const unsubscribe = this.#parts.bus.subscribe(commandTopic(id), () => {
        cancel()
        unsubscribe()
        go()
      })
    })
  }
}
