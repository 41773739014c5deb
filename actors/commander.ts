import type { CallOutcome, WorkerAnswer, WorkerMessage } from '../core/cluster/message.ts'
import type { ChargePointRef } from '../core/domain/charge-point.ts'
import { type Command, isOver, type Order } from '../core/domain/command.ts'
import type { Bus } from '../core/ports/bus.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Commander, OrderManner } from '../core/ports/commander.ts'
import type { Digest } from '../core/ports/digest.ts'
import type { Directory } from '../core/ports/directory.ts'
import type { Ids } from '../core/ports/ids.ts'
import type { Log } from '../core/ports/log.ts'
import type { OrderContexts } from '../core/ports/order-context.ts'
import type { CommandStore } from '../core/ports/store.ts'
import type { Timers } from '../core/ports/timers.ts'
import type { TraceEntry, TraceQuery } from '../core/domain/trace.ts'

interface Parts {
  readonly directory: Directory
  readonly bus: Bus
  readonly commands: CommandStore
  readonly contexts: OrderContexts
  readonly digest: Digest
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly log: Log
}

const encoder = new TextEncoder()
const graceMs = 5_000
const pollMs = 1_000
/** A station that connects just now is in no directory yet, and did not see what waits for it: it is looked for once more. */
const lookAgainMs = 3_000

/** The topic on which a change of this command is announced. */
export const commandTopic = (id: string): string => `command/${id}`

/** Orders from anywhere: a row first, then the worker that holds the socket carries it out. */
export class OrderDesk implements Commander {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async order(
    ref: ChargePointRef,
    order: Order,
    deadlineMs: number,
    { waits = false, id = this.#parts.ids.uuid() }: OrderManner = {},
  ): Promise<Command> {
    const { clock, commands, contexts } = this.#parts
    const at = clock.now()
    const isTagged = order.type === 'startCharging' && (await contexts.presentsTag(ref))
    const command = await commands.create({
      ...ref,
      id,
      order,
      state: 'queued',
      waits,
      ...(isTagged && { tag: this.#tagOf(id) }),
      createdAt: at,
      deadline: at + deadlineMs,
      history: [{ at, state: 'queued' }],
    })
    this.#send(command)
    return command
  }

  async resume(ref: ChargePointRef): Promise<void> {
    for (const command of await this.#parts.commands.waiting(ref))
      await this.dispatch(command).catch((error: unknown) => this.#notDispatched(command, error))
  }

  async cancel(command: Command): Promise<Command | undefined> {
    const { clock, commands } = this.#parts
    const step = { at: clock.now(), state: 'cancelled' } as const
    const { command: now, taken } = await commands.step(command, step)
    if (taken) this.#announce(command)
    return taken ? now : undefined
  }

  /** Sixteen hexadecimal digits that nobody can foresee, always the same for the same order. */
  #tagOf(id: string): string {
    const sealed = this.#parts.digest.seal(encoder.encode(id), encoder.encode('remote start'))
    return Array.from(sealed.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0'))
      .join('')
      .toUpperCase()
  }

  #send(command: Command): void {
    void this.dispatch(command).catch((error: unknown) => this.#notDispatched(command, error))
  }

  #notDispatched(command: Command, error: unknown): void {
    this.#parts.log.error('an order could not be dispatched', { command: command.id, reason: String(error) })
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

  async dispatch(command: Command, isLast = false): Promise<void> {
    const { directory, contexts } = this.#parts
    const to = { tenant: command.tenant, identity: command.identity }
    if (command.waits && (await directory.locate(to).catch(() => undefined)) === undefined)
      return isLast ? undefined : this.#lookAgain(command)
    const context = await contexts.of(command)
    if ('impossible' in context) return this.#end(command, 'rejected', context.impossible)
    const { transaction } = context
    const message: WorkerMessage = {
      number: 4,
      to,
      command,
      context,
      ...(transaction !== undefined && { transaction }),
    }
    const answer = await this.#ask(command, message, graceMs)
    if (answer?.type === 'done') return
    if (!command.waits) return this.#end(command, 'notDelivered', 'the charge point is not connected')
    // the directory may still have named the worker that it has just left
    if (!isLast) this.#lookAgain(command)
  }

  #lookAgain(command: Command): void {
    this.#parts.timers.after(lookAgainMs, () => void this.dispatch(command, true).catch(() => {}))
  }

  async #end(command: Command, outcome: 'rejected' | 'notDelivered', reason: string): Promise<void> {
    const step = { at: this.#parts.clock.now(), state: 'done', outcome, reason } as const
    // should it have been sent all the same, it has not come to nothing (INV-48)
    await this.#parts.commands.step(command, step, { from: 'queued' })
    this.#announce(command)
  }

  #announce({ id }: Command): void {
    this.#parts.bus.publish(commandTopic(id), '')
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
