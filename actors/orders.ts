import type { CallOutcome, WorkerAnswer, WorkerMessage } from '../core/cluster/message.ts'
import { advance, type Command, type Expectation } from '../core/domain/command.ts'
import { understand, word } from '../core/ocpp/router.ts'
import { commandTopic } from './commander.ts'
import type { Link } from './link.ts'
import type { Worker } from './worker.ts'

type Step = Parameters<typeof advance>[1]

/** What other workers and the API ask of the worker that holds a socket. */
export class Orders {
  readonly #worker: Worker

  constructor(worker: Worker) {
    this.#worker = worker
  }

  async answer(message: WorkerMessage): Promise<WorkerAnswer> {
    const link = this.#worker.registry.find(message.to)
    if (link === undefined) return { type: 'notHere' }
    switch (message.number) {
      case 1:
        return {
          type: 'called',
          outcome: await this.#worker.caller.call(link, message.action, message.payload, message.deadline),
        }
      case 2:
        return { type: 'frames', frames: this.#worker.trace.of(link.key, message.limit) }
      case 3:
        if (link.seat.epoch < message.below) this.#worker.registry.dismiss(link, message.code, message.reason)
        return { type: 'done' }
      case 4:
        void this.#carryOut(link, message.command, message.transaction).catch((error: unknown) =>
          this.#worker.log.error('an order failed', { command: message.command.id, reason: String(error) }),
        )
        return { type: 'done' }
      case 5:
        link.traced = message.on
        return { type: 'done' }
      default:
        return { type: 'unknown' }
    }
  }

  async #carryOut(link: Link, command: Command, transaction: string | undefined): Promise<void> {
    const { clock, caller, registry } = this.#worker
    const wording = word(link.seat.protocol, command.order, transaction === undefined ? {} : { transaction })
    if (!wording.ok) {
      await this.#save(command, { at: clock.now(), state: 'done', outcome: 'unsupported', reason: wording.reason })
      return
    }
    const { tenant, identity } = command
    const expects: Expectation | undefined = wording.expects && {
      tenant,
      identity,
      command: command.id,
      effect: wording.expects,
      until: command.deadline,
    }
    let current = command
    const outcome = await caller.call(link, wording.action, wording.payload, command.deadline, async () => {
      current = await this.#save(current, { at: clock.now(), state: 'sent' }, expects)
      if (expects?.effect.type === 'message') registry.await(link.seat.ref, expects.effect.action)
      return current.state === 'sent'
    })
    await this.#save(current, { at: clock.now(), ...this.#verdict(link, command, outcome, expects !== undefined) })
    this.#worker.telemetry.count('ocpp.commands', outcome.type)
  }

  #verdict(link: Link, { order }: Command, outcome: CallOutcome, waits: boolean): Omit<Step, 'at'> {
    switch (outcome.type) {
      case 'notDelivered':
        return { state: 'done', outcome: 'notDelivered', reason: outcome.reason }
      case 'invalid':
        return { state: 'done', outcome: 'unsupported', reason: outcome.reason }
      case 'timeoutUnknown':
        // the effect may still come, and then it counts; its deadline ends the order otherwise
        return waits
          ? { state: 'sent', note: 'no answer' }
          : { state: 'done', outcome: 'timeoutUnknown', reason: 'the charge point did not answer' }
      case 'error':
        return {
          state: 'done',
          outcome: 'callError',
          reason: `${outcome.code}: ${outcome.description}`,
          answer: outcome.details,
        }
      case 'result': {
        const told = understand(link.seat.protocol, order, outcome.payload)
        if ('invalid' in told)
          return { state: 'done', outcome: 'invalidAnswer', reason: told.invalid, answer: outcome.payload }
        if (!told.accepted)
          return { state: 'done', outcome: told.outcome, reason: told.reason, answer: outcome.payload }
        const note = told.note === undefined ? {} : { note: told.note }
        return waits
          ? { state: 'answered', answer: outcome.payload, ...note }
          : { state: 'done', outcome: 'succeeded', answer: outcome.payload, ...note }
      }
    }
  }

  async #save(command: Command, step: Step, expects?: Expectation): Promise<Command> {
    const saved = await this.#worker.commands.save(advance(command, step), expects)
    this.#worker.bus.publish(commandTopic(command.id), '')
    return saved
  }
}
