import type { CallOutcome, WorkerAnswer, WorkerMessage } from '../core/cluster/message.ts'
import { advance, type Command, type Expectation } from '../core/domain/command.ts'
import { verdicts } from '../core/domain/trace.ts'
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
      case 1: {
        const reason = this.#worker.registry.mayNotSend(link, message.action)
        if (reason !== undefined) return { type: 'called', outcome: { type: 'notDelivered', reason } }
        return {
          type: 'called',
          outcome: await this.#worker.caller.call(link, message.action, message.payload, message.deadline),
        }
      }
      case 2:
        return {
          type: 'frames',
          frames: this.#worker.trace.newest(link.key, { limit: message.limit, kind: 'frame' }).toReversed(),
        }
      case 3:
        if (link.seat.epoch >= message.below) return { type: 'done' }
        if (message.replaced) this.#worker.registry.supersede(link)
        else this.#worker.registry.dismiss(link, message.code, message.reason)
        return { type: 'done' }
      case 4:
        void this.#carryOut(link, message.command, message.transaction).catch((error: unknown) =>
          this.#worker.log.error('an order failed', { command: message.command.id, reason: String(error) }),
        )
        return { type: 'done' }
      case 13:
        return { type: 'trace', entries: this.#worker.trace.newest(link.key, message.query) }
      default:
        return { type: 'unknown' }
    }
  }

  async #carryOut(link: Link, command: Command, transaction: string | undefined): Promise<void> {
    const { clock, caller, registry, trace } = this.#worker
    const wording = word(link.seat.protocol, command.order, transaction === undefined ? {} : { transaction })
    if (!wording.ok) {
      await this.#save(command, { at: clock.now(), state: 'done', outcome: 'unsupported', reason: wording.reason })
      return
    }
    const barred = registry.mayNotSend(link, wording.action)
    if (barred !== undefined) {
      await this.#save(command, { at: clock.now(), state: 'done', outcome: 'notDelivered', reason: barred })
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
    const { action, payload } = wording
    let current = command
    let isOurs = true
    let filing: Promise<unknown> = Promise.resolve()
    const beforeWrite = async (messageId: string): Promise<boolean> => {
      const sent = advance(current, { at: clock.now(), state: 'sent' })
      // it may be stored and we never told: what comes next must follow it either way
      current = sent
      current = await this.#file(sent, expects)
      isOurs = current === sent
      if (expects?.effect.type === 'message') registry.await(link.seat.ref, expects.effect.action, command.deadline)
      // somebody else's word for it is not ours to write it once more
      if (isOurs)
        trace.note(link, {
          kind: 'order',
          action,
          messageId,
          verdict: verdicts.sent,
          text: JSON.stringify({
            call: messageId,
            command: command.id,
            order: command.order,
            deadline: command.deadline,
            transaction,
          }),
        })
      return isOurs
    }
    const late = (answer: CallOutcome): void => {
      const { state, ...verdict } = this.#verdict(link, command, answer, expects !== undefined)
      const note = state === 'answered' || verdict.outcome === 'succeeded' ? 'late-accepted' : 'answered late'
      // not beside the step that is just being filed: it must follow it
      const save = filing.then(() => this.#save(current, { at: clock.now(), state, ...verdict, note }))
      void save.catch((error: unknown) =>
        this.#worker.log.error('a late answer could not be filed', { command: command.id, reason: String(error) }),
      )
    }
    const outcome = await caller.call(link, action, payload, command.deadline, { beforeWrite, late })
    if (!isOurs) return
    const step = { at: clock.now(), ...this.#verdict(link, command, outcome, expects !== undefined) }
    const saved = this.#save(current, step)
    filing = saved.then((now) => (current = now))
    await filing
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

  #save(command: Command, step: Step): Promise<Command> {
    return this.#file(advance(command, step))
  }

  async #file(command: Command, expects?: Expectation): Promise<Command> {
    const saved = await this.#worker.commands.save(command, expects)
    this.#worker.bus.publish(commandTopic(command.id), '')
    return saved
  }
}
