import type { CallOutcome } from '../../core/cluster/message.ts'
import type { Command, Effect as ExpectedEffect } from '../../core/domain/command.ts'
import type { MirrorChange } from '../../core/domain/mirror.ts'
import { clean } from '../../core/domain/text.ts'
import type { OrderContext } from '../../core/ocpp/dialect.ts'
import { withoutSecrets } from '../../core/ocpp/mask.ts'
import { afterError, understand, word, type Worded } from '../../core/ocpp/router.ts'
import { reportedBy } from '../../core/ocpp/reports.ts'
import { LedgerUnavailable } from '../../core/ports/ledger.ts'
import { commandTopic } from '../commander.ts'
import { type Effect, Host, type Rest } from '../host.ts'
import type { Link } from '../link.ts'
import { noteOrdered } from '../trace-notes.ts'
import type { Worker } from '../worker.ts'
import { type CommandEvent, commandMachine, type KeptStep } from './machine.ts'

type Words = Extract<Worded, { readonly action: string }>

const host = new Host(commandMachine)
/** So many CALLs one order may take; a list in parts takes the most. */
const mostCalls = 1_000
const keepAgainMs = 1_000

/** One order on its way to one station: what its machine decides is done here, step by step. */
export class Errand {
  readonly #worker: Worker
  readonly #link: Link
  readonly #command: Command
  readonly #learntFirst: readonly MirrorChange[]
  #context: OrderContext
  #rest: Rest<typeof commandMachine> = host.start({})[0]
  #words: Words | undefined
  #calls = 0
  /** Answers the station's line, which asks whether it may write. */
  #line:
    | { readonly messageId: string; readonly go: (goes: boolean) => void; readonly fail: (error: unknown) => void }
    | undefined
  /** Steps are kept one after the other. */
  #keeping: Promise<unknown> = Promise.resolve()

  constructor(
    worker: Worker,
    link: Link,
    command: Command,
    context: OrderContext,
    learntFirst: readonly MirrorChange[] = [],
  ) {
    this.#worker = worker
    this.#link = link
    this.#command = command
    this.#context = context
    this.#learntFirst = learntFirst
  }

  begin(): void {
    const worded = word(this.#link.seat.protocol, this.#command.order, this.#context)
    if (!worded.ok) return this.#tell({ type: 'ended', outcome: 'unsupported', reason: worded.reason })
    if ('done' in worded) return this.#tell({ type: 'ended', outcome: 'succeeded', note: worded.done })
    const barred = this.#worker.registry.mayNotSend(this.#link, worded.action)
    if (barred !== undefined) return this.#tell(this.#undelivered(barred, true))
    if (++this.#calls > mostCalls) return this.#tell(this.#undelivered('it took too many messages', false))
    this.#words = worded
    this.#tell({ type: 'worded' })
  }

  #tell(event: CommandEvent): void {
    const before = this.#rest.value
    const [rest, effects] = host.send(this.#rest, event)
    this.#rest = rest
    if (rest.value !== before) this.#worker.saw('command', this.#command.order.type, rest.value)
    for (const effect of effects) this.#carry(effect)
  }

  #carry({ type, params }: Effect): void {
    errandCarriers[type]?.(this, params)
  }

  /** Takes its place in the station's line. */
  stand(): void {
    const { caller, telemetry } = this.#worker
    const words = this.#words
    if (words === undefined) return
    const beforeWrite = (messageId: string): Promise<boolean> =>
      new Promise((go, fail) => {
        this.#line = { messageId, go, fail }
        this.#tell({ type: 'turn' })
      })
    void caller
      .call(this.#link, words.action, words.payload, this.#command.deadline, {
        beforeWrite,
        late: (outcome) => this.#tell(late(this.#heard(words, outcome))),
      })
      .then((outcome) => {
        telemetry.count('ocpp.commands', outcome.type)
        this.#tell(this.#heard(words, outcome))
      })
  }

  /** Commits that it is sent, before it is. */
  record(): void {
    const { clock, commands, registry } = this.#worker
    const { tenant, identity, id: command, deadline: until } = this.#command
    const { expects: effect, learnt = [] } = this.#words ?? {}
    const { epoch } = this.#link.seat
    const more = {
      ...(effect !== undefined && {
        expects: { tenant, identity, command, effect: effect.type === 'booted' ? { ...effect, epoch } : effect, until },
      }),
      learnt: [...this.#learntFirst, ...learnt],
      // it may stand in the line twice, and goes once; only what follows an answer of its own comes after one
      from: this.#calls === 1 ? ('queued' as const) : ('answered' as const),
    }
    this.#keeping = this.#keeping
      .then(() => commands.step(this.#command, { at: clock.now(), state: 'sent' }, more))
      .then(
        ({ taken }) => {
          this.#announce()
          if (taken && effect?.type === 'message') registry.await(this.#link.seat.ref, effect.action, until)
          if (taken && effect?.type === 'report')
            registry.await(this.#link.seat.ref, reportedBy[effect.report], until, true)
          // at once, not with the feed: the key may be in force before that is read again
          if (taken) registry.learnt(this.#link, more.learnt)
          if (taken) this.#note()
          this.#tell({ type: taken ? 'recorded' : 'overtaken' })
        },
        (error: unknown) => this.#line?.fail(error),
      )
  }

  /** Of what is written the trace knows why. */
  #note(): void {
    const { action } = this.#words ?? {}
    const { messageId } = this.#line ?? {}
    if (action === undefined || messageId === undefined) return
    noteOrdered(this.#worker.trace, this.#link, {
      command: this.#command,
      context: this.#context,
      action,
      messageId,
    })
  }

  /** Its turn in the line: whether it goes. */
  answerLine(goes: boolean): void {
    this.#line?.go(goes)
  }

  keep({ learnt, ...heard }: KeptStep): void {
    const { clock, commands, log, registry } = this.#worker
    const step = { at: clock.now(), ...heard }
    this.#keeping = this.#keeping
      .then(() => this.#untilKept(() => commands.step(this.#command, step, learnt === undefined ? {} : { learnt })))
      .then(() => {
        if (learnt !== undefined) registry.learnt(this.#link, learnt)
        this.#announce()
      })
      .catch((error: unknown) =>
        log.error('a step of an order could not be kept', { command: this.#command.id, reason: String(error) }),
      )
  }

  /** A station says it once: what it has answered waits here until the store can take it (D-11). */
  async #untilKept(keep: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await keep()
        return
      } catch (error) {
        if (!(error instanceof LedgerUnavailable)) throw error
        await new Promise<void>((go) => this.#worker.timers.after(keepAgainMs, go))
      }
    }
  }

  #announce(): void {
    this.#worker.bus.publish(commandTopic(this.#command.id), '')
  }

  #undelivered(reason: string, isForNow: boolean): CommandEvent {
    const mayWait = isForNow && this.#command.waits && this.#calls <= 1
    return { type: 'ended', outcome: 'notDelivered', reason, mayWait }
  }

  /** What the end of a CALL means to the order. */
  #heard({ action, expects }: Words, outcome: CallOutcome): CommandEvent {
    const waits = expects !== undefined && !this.#isSo(expects)
    switch (outcome.type) {
      case 'notDelivered':
        return this.#undelivered(outcome.reason, !this.#link.open)
      case 'invalid':
        return { type: 'ended', outcome: 'unsupported', reason: outcome.reason }
      case 'timeoutUnknown':
        return { type: 'silent', waits }
      case 'error':
        return (
          this.#again(action, outcome.code) ?? {
            type: 'ended',
            outcome: 'callError',
            reason: clean(`${outcome.code}: ${outcome.description}`, 500),
            answer: withoutSecrets(outcome.details),
          }
        )
      case 'result':
        return this.#understood(action, outcome.payload, waits)
    }
  }

  /** What a station could not take as it was may be said otherwise. */
  #again(action: string, code: string): CommandEvent | undefined {
    const { order } = this.#command
    const again = afterError(this.#link.seat.protocol, order, { action, code }, this.#context)
    if (again === undefined) return undefined
    this.#context = { ...this.#context, ...again }
    return { type: 'goesOn', note: `${clean(code, 50)}: sent again in another way` }
  }

  /** A connector that is as it should be already has nothing to report. */
  #isSo(effect: ExpectedEffect): boolean {
    if (effect.type !== 'status') return false
    const { registry } = this.#worker
    const { evse, connector, statuses } = effect
    const told = evse === undefined ? registry.statuses(this.#link) : [registry.status(this.#link, evse, connector)]
    return told.length > 0 && told.every((status) => status !== undefined && statuses.includes(status))
  }

  #understood(action: string, payload: unknown, waits: boolean): CommandEvent {
    const told = understand(this.#link.seat.protocol, this.#command.order, action, payload, this.#context)
    const answer = withoutSecrets(payload)
    if ('invalid' in told) return { type: 'ended', outcome: 'invalidAnswer', reason: told.invalid, answer }
    const learnt = told.learnt === undefined ? {} : { learnt: told.learnt }
    if (!told.accepted) return { type: 'ended', outcome: told.outcome, reason: told.reason, answer, ...learnt }
    const note = told.note === undefined ? {} : { note: told.note }
    if (told.then !== undefined) this.#worker.orderFor(this.#link.seat.ref, told.then)
    if (told.again === undefined)
      return { type: 'accepted', waits: waits && told.isAll !== true, answer, ...note, ...learnt }
    this.#context = { ...this.#context, ...told.again }
    return { type: 'goesOn', answer, ...note, ...learnt }
  }
}

/** Who carries out which effect; a test holds this table to the effects that the machine names. */
export const errandCarriers: Readonly<Record<string, (errand: Errand, params: unknown) => void>> = {
  word: (errand) => errand.begin(),
  stand: (errand) => errand.stand(),
  record: (errand) => errand.record(),
  write: (errand) => errand.answerLine(true),
  withdraw: (errand) => errand.answerLine(false),
  keep: (errand, params) => errand.keep((params as { readonly step: KeptStep }).step),
}

const late = (event: CommandEvent): CommandEvent =>
  event.type === 'accepted' || event.type === 'goesOn'
    ? { ...event, note: 'late-accepted' }
    : event.type === 'ended'
      ? { ...event, note: event.outcome === 'succeeded' ? 'late-accepted' : 'answered late' }
      : event
