import { alarms } from '../core/domain/alarm.ts'
import { refKey } from '../core/domain/charge-point.ts'
import { isBilling } from '../core/domain/dialogue.ts'
import { verdicts } from '../core/domain/trace.ts'
import type { Fault } from '../core/ocpp/error.ts'
import { errorCodes } from '../core/ocpp/error.ts'
import { decodeFrame, encodeError, encodeResult, type Frame, nobodysId } from '../core/ocpp/frame.ts'
import type { Arrived } from '../core/ocpp/lane.ts'
import { decodeRepaired } from '../core/ocpp/quirks.ts'
import { isMoney, route, routeTold } from '../core/ocpp/router.ts'
import { isTwo } from '../core/ocpp/version.ts'
import type { Admission, Connection, Gateway, UpgradeRequest } from '../core/ports/gateway.ts'
import type { Counter } from '../core/ports/telemetry.ts'
import type { AdmittedSeat, ClosingSeat } from './admission.ts'
import { type Asked, type Held, Link } from './link.ts'
import { Watch } from './watch.ts'
import type { Worker } from './worker.ts'

const mostBadFrames = 20
const mostHeld = 64
const mostPingsPerS = 10
/** What becomes of a CALL that does not join the line. */
const turnedAway = {
  coalesced: verdicts.coalesced,
  conflict: verdicts.idInUse,
  full: verdicts.dropped,
} as const
/** Whom nobody hears: its socket was opened only to be closed. */
const nobody = { identity: '', open: false } as Link

/** The door of a worker: frames in, answers out. Every syntactically valid CALL gets exactly one answer (INV-04). */
export class ChargePointGateway implements Gateway {
  readonly #worker: Worker
  readonly #accepted: Counter
  readonly #replied: Counter
  /** Who has been told of already within the hour: it comes again at once, and says the same. */
  readonly #babblers: Watch
  /** Durations are measured on every sixteenth call: a histogram with attributes costs as much as a heartbeat. */
  #answered = 0

  constructor(worker: Worker) {
    this.#worker = worker
    this.#accepted = worker.telemetry.counter('ocpp.frames.accepted')
    this.#replied = worker.telemetry.counter('ocpp.frames.answered')
    this.#babblers = new Watch(worker.clock, 1, 3_600_000)
  }

  admit(request: UpgradeRequest): Promise<Admission> {
    return this.#worker.admissions.admit(request)
  }

  opened(seat: AdmittedSeat | ClosingSeat, connection: Connection): Link {
    const { clock, settings } = this.#worker
    if ('closing' in seat) {
      connection.close(1002, seat.closing)
      return nobody
    }
    const link = new Link(seat, connection, clock.monotonic(), settings.frameBurst)
    this.#worker.registry.join(link)
    // let in before the door was closed, and through it only now
    const closed = this.#worker.closedBecause()
    if (closed !== undefined) this.#worker.registry.dismiss(link, 1012, closed)
    return link
  }

  abandoned(): void {
    // an epoch was used up and nothing else
  }

  heard(link: Link, text: string): void {
    if (!link.open) return
    link.heardAt = this.#worker.clock.monotonic()
    link.pinged = false
    this.#hear(link, text)
  }

  #hear(link: Link, text: string, held?: Held): void {
    try {
      this.#take(link, text, held)
    } catch (error) {
      this.#worker.log.error('a frame could not be handled', { chargePoint: link.key, reason: String(error) })
    }
  }

  heardBinary(link: Link): void {
    this.#worker.registry.dismiss(link, 1003, 'OCPP-J is text')
  }

  pinged(link: Link): void {
    if (!link.open) return
    const now = this.#worker.clock.monotonic()
    link.heardAt = now
    link.pings = now - link.pingsSince < 1_000 ? link.pings + 1 : 1
    if (link.pings === 1) link.pingsSince = now
    if (link.pings > mostPingsPerS) this.#flooded(link)
  }

  ponged(link: Link): void {
    if (link.probed) return this.#worker.registry.livesOn(link)
    link.heardAt = this.#worker.clock.monotonic()
    link.pinged = false
  }

  closed(link: Link, code: number): void {
    this.#worker.registry.leave(link, code)
  }

  #take(link: Link, text: string, held: Held | undefined): void {
    const { telemetry, trace } = this.#worker
    const { protocol } = link.seat
    const frame = link.quirks === undefined ? decodeFrame(text, protocol) : decodeRepaired(text, link.quirks, protocol)
    switch (frame.kind) {
      case 'call':
        if (held === undefined) this.#accepted.add()
        if (frame.repairedBy !== undefined) telemetry.count('ocpp.frames.repaired', frame.repairedBy)
        return this.#called(link, frame, text, held)
      case 'result':
      case 'error':
        return this.#heardAnswer(link, frame, text)
      case 'malformed':
        this.#accepted.add()
        return this.#misread(link, frame, text)
      case 'send':
        return this.#heardSend(link, frame, text)
      case 'resultError':
        return this.#heardRefusal(link, frame, text)
      case 'unreadable':
        trace.unreadable(link, text)
        telemetry.count('ocpp.frames.dropped', 'unreadable')
        if (frame.isSilent !== true && isTwo(protocol)) this.#answerNobody(link, frame.reason)
        return this.#bad(link)
    }
  }

  /** 2.x has an id for the answer to what has none (BI-30, BI-31). */
  #answerNobody(link: Link, reason: string): void {
    const { telemetry, clock } = this.#worker
    const code = errorCodes[link.seat.protocol].framework
    telemetry.count('ocpp.call.errors', code)
    const to: Arrived = { id: nobodysId, action: '', at: clock.monotonic(), text: '', answer: undefined }
    this.#say(link, encodeError(nobodysId, code, reason), to)
  }

  /** What is told and never answered (2.1 part 4 §4.2.5); what cannot be understood is counted, no more (BI-39b). */
  #heardSend(link: Link, frame: Extract<Frame, { readonly kind: 'send' }>, text: string): void {
    const { clock, telemetry, trace, registry } = this.#worker
    const { id, action, payload } = frame
    const now = clock.now()
    const routed = routeTold(link.seat.protocol, action, payload, now)
    const arrived: Arrived = { id, action, at: link.heardAt, text, answer: undefined }
    trace.heard(link, arrived, routed.ok ? verdicts.taken : verdicts.dropped)
    if (!routed.ok) {
      telemetry.count('ocpp.frames.dropped', 'send')
      return this.#bad(link)
    }
    const { ask, dialect, untidy } = routed
    if (!this.#mayHear(link)) return telemetry.count('ocpp.frames.dropped', 'send over the rate')
    // no CALL has this id: nothing that becomes of it answers another message
    registry.ask(link, { id: '', action, ask, dialect, text, receivedAt: now, untidy, span: undefined, isTold: true })
  }

  /** The station could not use what we answered: somebody should know, and nothing is said to it (BI-39c). */
  #heardRefusal(link: Link, frame: Extract<Frame, { readonly kind: 'resultError' }>, text: string): void {
    const { telemetry, log, trace } = this.#worker
    const { id, code, description } = frame
    trace.heard(link, { id, action: '', at: link.heardAt, text, answer: undefined }, code)
    telemetry.count('ocpp.results.refused', code)
    log.warn('an answer of ours was refused', { chargePoint: link.key, messageId: id, code, description })
  }

  /** The answer to a CALL of ours; one to nothing is dropped (BI-36). */
  #heardAnswer(link: Link, frame: Extract<Frame, { readonly kind: 'result' | 'error' }>, text: string): void {
    const { caller, telemetry, trace } = this.#worker
    const call = caller.answered(link, frame)
    if (call === undefined) telemetry.count('ocpp.frames.dropped', 'answer to nothing')
    trace.heardAnswer(link, { frame, text }, call)
  }

  #called(link: Link, frame: Extract<Frame, { readonly kind: 'call' }>, text: string, held: Held | undefined): void {
    const { id, action } = frame
    const arrived: Arrived = { id, action, at: held?.at ?? link.heardAt, text, answer: undefined }
    // what was held was noted when it came
    if (!this.#joins(link, arrived, held === undefined ? verdicts.taken : undefined)) return
    try {
      this.#understand(link, frame, text)
    } catch (error) {
      // unanswered, it would keep everything behind it from being answered (BI-37)
      this.#worker.log.error('a CALL could not be handled', {
        chargePoint: link.key,
        action: frame.action,
        reason: String(error),
      })
      this.refuse(link, frame.id, 'internal', 'this message could not be handled')
    }
  }

  /** What cannot be read as the CALL it is meant for is refused in its turn; where it was to be money, kept first. */
  #misread(link: Link, frame: Extract<Frame, { readonly kind: 'malformed' }>, text: string): void {
    const { id, action, fault, reason: description } = frame
    const arrived: Arrived = { id, action: action ?? '', at: link.heardAt, text, answer: undefined }
    if (!this.#joins(link, arrived, verdicts.malformed)) return
    if (action !== undefined && isMoney(link.seat.protocol, action))
      return this.#worker.dialogue.quarantine(link, { id, action }, text, { fault, description })
    this.refuse(link, id, fault, description)
  }

  /**
   * Puts a CALL in the line of its socket; false when nothing more is to be done about it. The trace is told, with this
   * verdict where it is a new one; undefined = it was told already.
   */
  #joins(link: Link, arrived: Arrived, verdict: string | undefined): boolean {
    const { telemetry, trace } = this.#worker
    const arrival = link.inbound.arrive(arrived)
    if (verdict !== undefined) trace.heard(link, arrived, arrival === 'new' ? verdict : turnedAway[arrival])
    if (arrival === 'coalesced') telemetry.count('ocpp.ingest.duplicates', 'in flight')
    if (arrival === 'conflict') this.#answerTwin(link, arrived)
    if (arrival === 'full') {
      telemetry.count('ocpp.frames.dropped', 'flood')
      this.#flooded(link)
    }
    return arrival === 'new'
  }

  #understand(link: Link, frame: Extract<Frame, { readonly kind: 'call' }>, text: string): void {
    const { clock, telemetry } = this.#worker
    const now = clock.now()
    const routed = route(link.seat.protocol, frame.action, frame.payload, now, frame.repairedBy)
    if (!routed.ok) {
      if (routed.billing) return this.#worker.dialogue.quarantine(link, frame, text, routed.refusal)
      return this.refuse(link, frame.id, routed.refusal.fault, routed.refusal.description)
    }
    const { action, ask, dialect, untidy } = routed
    if (!isBilling(ask.type) && !this.#mayHear(link)) return this.#hold(link, frame, text)
    if (untidy !== undefined) telemetry.count('ocpp.frames.untidy', frame.action)
    const span = telemetry.span(`ocpp ${frame.action}`)
    const asked: Asked = {
      id: frame.id,
      action,
      ask,
      dialect,
      text,
      receivedAt: now,
      untidy,
      span,
    }
    this.#worker.registry.ask(link, asked)
  }

  /** A second frame under an id that is still unanswered, with other bytes: it is refused, the first goes on (BI-35). */
  #answerTwin(link: Link, to: Arrived): void {
    this.#replied.add()
    this.#worker.telemetry.count('ocpp.call.errors', errorCodes[link.seat.protocol].twin)
    this.#say(
      link,
      encodeError(to.id, errorCodes[link.seat.protocol].twin, 'this message id is in use by an unanswered CALL'),
      to,
    )
  }

  answer(link: Link, asked: Asked, payload: object): void {
    const { telemetry, clock } = this.#worker
    link.badFrames = 0
    if (asked.isTold === true) return
    this.#replied.add()
    if ((this.#answered++ & 15) === 0)
      telemetry.took('ocpp.call.duration', clock.now() - asked.receivedAt, asked.action)
    asked.span?.end()
    this.#leave(link, asked.id, encodeResult(asked.id, payload))
  }

  refuse(link: Link, id: string, fault: Fault, description: string): void {
    const code = errorCodes[link.seat.protocol][fault]
    this.#replied.add()
    this.#worker.telemetry.count('ocpp.call.errors', code)
    this.#leave(link, id, encodeError(id, code, description))
    // a station that is not accepted yet may say much that is right
    if (fault !== 'security') this.#bad(link)
  }

  send(link: Link, text: string): void {
    if (!link.open) return
    if (link.connection.send(text) > this.#worker.settings.mostBufferedBytes)
      this.#worker.registry.dismiss(link, 1008, 'reads too slowly')
  }

  #say(link: Link, text: string, to: Arrived): void {
    if (!link.open) return
    this.#worker.trace.answered(link, text, to)
    this.send(link, text)
  }

  #leave(link: Link, id: string, text: string): void {
    link.inbound.answer(id, text, (ready, to) => this.#say(link, ready, to))
  }

  #bad(link: Link): void {
    link.badFrames++
    if (link.badFrames < mostBadFrames || !link.open) return
    const reason = `${mostBadFrames} bad frames in a row`
    if (this.#babblers.note(link.key)) this.#worker.alarm(link.seat.ref, alarms.badFrames, reason)
    this.#worker.registry.dismiss(link, 1008, reason)
  }

  #mayHear(link: Link): boolean {
    const { clock, settings } = this.#worker
    if (settings.framesPerS === 0) return true
    const now = clock.monotonic()
    link.allowance = Math.min(
      settings.frameBurst,
      link.allowance + ((now - link.allowanceAt) / 1_000) * settings.framesPerS,
    )
    link.allowanceAt = now
    if (link.held !== undefined || link.allowance < 1) return false
    link.allowance--
    return true
  }

  /** Over the rate: answered later, in order, as fast as the rate allows; too many of them and it is a flood (BI-23a). */
  #hold(link: Link, frame: Extract<Frame, { readonly kind: 'call' }>, text: string): void {
    link.inbound.withdraw(frame.id)
    if (link.held === undefined) {
      link.held = []
      this.#worker.timers.after(1_000, () => this.#release(link))
    }
    link.held.push({ text, at: link.heardAt })
    if (link.held.length > mostHeld) this.#flooded(link)
  }

  #release(link: Link): void {
    const held = link.held ?? []
    link.held = undefined
    for (const one of held)
      if (link.open) this.#hear(link, one.text, one)
      else this.#worker.telemetry.count('ocpp.frames.dropped', 'held')
  }

  #flooded(link: Link): void {
    this.#worker.admissions.coolDown(link.seat.ref)
    this.#worker.log.warn('charge point floods', { chargePoint: refKey(link.seat.ref) })
    this.#worker.registry.dismiss(link, 1008, 'too many messages')
  }
}
