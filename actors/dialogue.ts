import { type Authorization, authorize } from '../core/domain/authorization.ts'
import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Answers, Ask, AskOf, Told } from '../core/domain/dialogue.ts'
import { limits } from '../core/domain/evidence.ts'
import { type Fact, messageKey, type SessionSampled, startedKey, stoppedKey } from '../core/domain/fact.ts'
import { energyOf, type Session, wireKey } from '../core/domain/session.ts'
import { type PresentedToken, tokenKey } from '../core/domain/token.ts'
import type { Reading } from '../core/domain/meter.ts'
import { wattHours } from '../core/domain/units.ts'
import type { Refusal } from '../core/ocpp/error.ts'
import { isTwo } from '../core/ocpp/version.ts'
import { quirksOf } from '../core/ocpp/quirks.ts'
import { answerVendor } from '../core/ocpp/vendors/index.ts'
import type { Receipt } from '../core/domain/changes.ts'
import type { Presentation } from '../core/ports/roaming-authorizer.ts'
import type { Counter } from '../core/ports/telemetry.ts'
import type { Asker, Desk } from './asks/desk.ts'
import { askers } from './asks/index.ts'
import { findToken } from './find-token.ts'
import type { Asked, Link } from './link.ts'
import { noteRegistered, noteToken } from './trace-notes.ts'
import type { Worker } from './worker.ts'

const retryMs = 500

/** A token as it was presented: its own uid, and what may be done with it. */
interface Found {
  readonly uid: string
  readonly authorization: Authorization
  readonly mostSessions?: number
}

/** When a token was presented, by its station's clock, and for what; whoever stops is not held back by anybody. */
interface Presenting {
  readonly at?: number
  readonly occasion: 'authorize' | 'start' | 'stop'
  readonly evse?: number
}

/** What is told after so long was presented to a station that was offline. */
const lateMs = 300_000

/** What becomes of each ask: commit, then reply, then announce. Money is answered after its commit only (D-2). */
export class Dialogue {
  readonly #worker: Worker
  readonly #committed: Counter
  readonly #desk: Desk

  constructor(worker: Worker) {
    this.#worker = worker
    this.#committed = worker.telemetry.counter('ocpp.frames.committed')
    this.#desk = {
      worker,
      answer: (link, asked, type, answer) => this.#answer(link, asked, type, answer),
      record: (link, asked, fact, then) => this.#record(link, asked, fact, then),
      note: (link, asked, told, then) => this.#note(link, asked, told, then),
      observed: (link, asked) => this.#observed(link, asked),
      untilTold: (ask) => this.#untilTold(ask),
      base: (link, asked) => this.#base(link, asked.text, asked.receivedAt, asked),
    }
  }

  handle(link: Link, asked: Asked): void {
    const asker = askers[asked.ask.type as keyof typeof askers] as Asker<Ask['type']> | undefined
    if (asker !== undefined) return this.#later(link, asked, async () => asker(this.#desk, link, asked, asked.ask))
    const ask = asked.ask as Exclude<Ask, { readonly type: keyof typeof askers }>
    switch (ask.type) {
      case 'heartbeat':
        this.#observed(link, asked)
        return this.#answer(link, asked, 'heartbeat', { now: this.#worker.clock.now() })
      case 'status':
        this.#worker.registry.reported(link, ask.report, asked.receivedAt)
        this.#observed(link, asked)
        return this.#answer(link, asked, 'status', {})
      case 'session.start':
        return this.#later(link, asked, () => this.#start(link, asked, ask))
      case 'session.stop':
        return this.#later(link, asked, () => this.#stop(link, asked, ask))
      case 'meter':
        return this.#meter(link, asked, ask)
      case 'firmware':
      case 'log':
        return this.#progress(link, asked, ask)
      case 'security':
        return this.#security(link, asked, ask)
      case 'certificate':
        return this.#later(link, asked, () => this.#certificate(link, asked, ask))
      case 'vendor':
        return this.#vendor(link, asked, ask)
      case 'boot':
        return
    }
  }

  /** A boot has been decided by the machine; the operator's record said how. */
  register(link: Link, asked: Asked, registration: Answers['boot']['registration']): void {
    const { clock, reporter, settings, gate, ordersWait, inventoryOf } = this.#worker
    if (asked.ask.type !== 'boot') return
    link.booted = true
    // of 2.x it does not boot again on its next socket, which may be here before this is written: then nobody would know it
    const isFirst = isTwo(link.seat.protocol) && link.record.vendor === undefined
    this.#named(link, asked.ask.inventory)
    const at = clock.now()
    const answer = (): void =>
      this.#answer(link, asked, 'boot', {
        now: at,
        // one that may not come in yet asks again soon
        intervalS: Math.round((registration === 'accepted' ? settings.heartbeatS : settings.retryS) * gate.stretch),
        registration,
      })
    const { ref, epoch } = link.seat
    const { inventory } = asked.ask
    reporter.report({ kind: 'booted', ...ref, epoch, at, inventory, registration }, isFirst ? answer : undefined)
    this.#observed(link, asked)
    noteRegistered(this.#worker.trace, link, { asked, registration })
    if (!isFirst) answer()
    if (registration === 'accepted' && link.seat.ordersWait) ordersWait(link.seat.ref)
    if (registration === 'accepted' && isTwo(link.seat.protocol))
      inventoryOf(link.seat.ref, asked.ask.inventory.firmware)
  }

  /** From now on it is treated as its make needs it. */
  #named(link: Link, { vendor, model, firmware, serial }: AskOf<'boot'>['inventory']): void {
    const { firmware: before, serial: called, ...record } = link.record
    if (vendor === record.vendor && model === record.model && firmware === before && serial === called) return
    link.record = {
      ...record,
      vendor,
      model,
      ...(firmware !== undefined && { firmware }),
      ...(serial !== undefined && { serial }),
    }
    link.quirks = quirksOf(link.record)
  }

  refuse(link: Link, asked: Asked): void {
    asked.span?.end('refused')
    this.#worker.gateway.refuse(link, asked.id, 'security', 'not accepted yet: only BootNotification is taken')
  }

  /** Keeps the bytes of a billing message that is refused, then refuses it (INV-05). */
  quarantine(
    link: Link,
    { id, action }: { readonly id: string; readonly action: string },
    text: string,
    { fault, description }: Refusal,
  ): void {
    const { clock, digest, journal, telemetry, gateway } = this.#worker
    const now = clock.now()
    telemetry.count('ocpp.quarantine.frames')
    const fact: Fact = {
      kind: 'quarantined',
      ...this.#base(link, text, now),
      key: messageKey(digest, 'quarantined', now, text),
      at: now,
      action,
      reason: description,
      flags: [],
    }
    journal.append(fact, () => gateway.refuse(link, id, fault, description))
  }

  async #start(link: Link, asked: Asked, ask: AskOf<'session.start'>): Promise<void> {
    const { digest, trace } = this.#worker
    const found = await this.presented(link, { uid: ask.token }, { at: ask.at, occasion: 'start', evse: ask.evse })
    const { authorization } = found
    const { type: _, atKey: __, ...start } = ask
    const fact: Fact = {
      kind: 'session.started',
      ...this.#base(link, asked.text, asked.receivedAt, asked),
      ...start,
      token: found.uid,
      ...(found.uid !== ask.token && { presented: ask.token }),
      ...(found.mostSessions !== undefined && { mostSessions: found.mostSessions }),
      clockless: ask.clockless || link.record.clockless,
      authorization,
      key: startedKey(digest, ask),
      flags: [...ask.flags, ...this.#oddConnector(link, ask.evse)],
    }
    this.#record(link, asked, fact, ({ session, repeated }) => {
      if (session === undefined) return
      const told = session.authorization ?? authorization
      noteToken(trace, link, { asked, uid: ask.token, authorization: told })
      this.#answer(link, asked, 'session.start', { transaction: session.transaction ?? '0', authorization: told })
      if (!repeated) this.#worker.registry.began(link, session)
    })
  }

  /** The same of 2.x, which may not have told yet where it is. */
  oddEvse(link: Link, evse: number | undefined): readonly string[] {
    return evse === undefined ? [] : this.#oddConnector(link, evse)
  }

  /** A start on a connector that nobody has heard of is kept like any other, and flagged (BI-43). */
  #oddConnector(link: Link, connector: number): readonly string[] {
    if (connector < 1) return [`connector ${connector} is none`]
    return this.#worker.registry.knows(link, connector) === false ? [`connector ${connector} was never reported`] : []
  }

  async #stop(link: Link, asked: Asked, ask: AskOf<'session.stop'>): Promise<void> {
    const { digest, trace } = this.#worker
    const { type: _, atKey: __, ...stop } = ask
    const found =
      ask.token === undefined
        ? undefined
        : await this.presented(link, { uid: ask.token }, { at: ask.at, occasion: 'stop' })
    if (ask.token !== undefined && found !== undefined)
      noteToken(trace, link, { asked, uid: ask.token, authorization: found.authorization })
    const fact: Fact = {
      kind: 'session.stopped',
      ...this.#base(link, asked.text, asked.receivedAt, asked),
      ...stop,
      ...(found !== undefined && { token: found.uid }),
      wireKey: wireKey(link.key, stop.transaction),
      ...(found !== undefined && { authorization: found.authorization }),
      key: stoppedKey(digest, ask),
    }
    this.#record(link, asked, fact, ({ session, repeated }) => {
      this.#answer(
        link,
        asked,
        'session.stop',
        session?.stopAuthorization === undefined ? {} : { authorization: session.stopAuthorization },
      )
      if (!repeated && session !== undefined) this.#worker.registry.ended(link, session, ask.reason)
    })
  }

  #meter(link: Link, asked: Asked, ask: AskOf<'meter'>): void {
    const { transaction } = ask
    const at = ask.readings[0]?.at ?? asked.receivedAt
    const { tenant, identity } = link.seat.ref
    // spelled out: this is the message of which there are the most
    const fact: SessionSampled = {
      kind: 'session.sampled',
      tenant,
      identity,
      key: '',
      at,
      receivedAt: asked.receivedAt,
      wire: asked.text,
      protocol: link.seat.protocol,
      flags: ask.flags,
      evse: ask.evse,
      connector: ask.connector,
      readings: ask.readings,
      transaction,
      wireKey: transaction === undefined ? undefined : wireKey(link.key, transaction),
      traceparent: asked.span?.traceparent,
    }
    this.#record(link, asked, fact, ({ session }) => {
      this.#answer(link, asked, 'meter', {})
      this.#observed(link, asked)
      if (session !== undefined) this.heardMeter(link, session, ask.readings)
    })
  }

  /** Those who look on right now see the energy grow. */
  heardMeter(link: Link, session: Session, readings: readonly Reading[]): void {
    const { bus } = this.#worker
    const at = readings[0]?.at
    if (at === undefined || !bus.isHeard(link.liveTopic)) return
    const energy = energyOf(session)
    bus.publish(
      link.liveTopic,
      JSON.stringify({
        type: 'session.meter',
        session: session.id,
        chargePoint: session.identity,
        energyWh: energy === undefined ? null : wattHours(energy.mwh),
        at,
      }),
    )
  }

  /** Of a session that has ended events are missing: its station is asked whether it still has them (2.x E14). */
  askForRest(link: Link, session: Session): void {
    this.#worker.orderFor(link.seat.ref, { type: 'getTransactionStatus', session: session.id })
  }

  #note(link: Link, asked: Asked, told: Told, then: (receipt: Receipt) => void): void {
    const { topic, data, page, progress, learnt = [], flags = [], at = asked.receivedAt } = told
    const fact: Fact = {
      kind: 'told',
      ...this.#base(link, asked.text, asked.receivedAt, asked),
      at,
      topic,
      data,
      learnt,
      flags,
      ...(page !== undefined && { page }),
      ...(progress !== undefined && { progress }),
      key: messageKey(this.#worker.digest, `told ${topic}`, asked.receivedAt, asked.text),
    }
    this.#record(link, asked, fact, (receipt) => {
      then(receipt)
      this.#observed(link, asked)
    })
  }

  #progress(link: Link, asked: Asked, ask: AskOf<'firmware' | 'log'>): void {
    const { type, status, request } = ask
    const fact = {
      ...this.#base(link, asked.text, asked.receivedAt, asked),
      at: asked.receivedAt,
      key: messageKey(this.#worker.digest, type, asked.receivedAt, asked.text),
      flags: [],
      ...(request !== undefined && { request }),
      ...(ask.type === 'firmware'
        ? { kind: 'firmware.progressed', status: ask.status }
        : { kind: 'log.progressed', status: ask.status }),
    } as Fact
    this.#record(link, asked, fact, () => {
      this.#answer(link, asked, type, {})
      this.#observed(link, asked)
      this.#worker.log.info('a job of the charge point goes on', { chargePoint: link.key, job: type, status, request })
    })
  }

  #security(link: Link, asked: Asked, { event, at, atKey, info }: AskOf<'security'>): void {
    const fact: Fact = {
      kind: 'security.reported',
      ...this.#base(link, asked.text, asked.receivedAt, asked),
      event,
      at,
      ...(info !== undefined && { info }),
      key: this.#worker.digest.key(`security|${event}|${atKey}|${info ?? ''}`),
      flags: [],
    }
    this.#record(link, asked, fact, () => this.#answer(link, asked, 'security', {}))
  }

  async #certificate(link: Link, asked: Asked, ask: AskOf<'certificate'>): Promise<void> {
    const { certificateRequests, digest } = this.#worker
    const { serial } = link.record
    const of = { ...link.seat.ref, ...(serial !== undefined && { serial }) }
    const refused = await this.#untilTold(() => certificateRequests.fault(of, ask))
    const { csr, use, request } = ask
    const fact: Fact = {
      kind: 'certificate.requested',
      ...this.#base(link, asked.text, asked.receivedAt, asked),
      at: asked.receivedAt,
      csr,
      use,
      ...(request !== undefined && { request }),
      key: messageKey(digest, 'certificate', asked.receivedAt, asked.text),
      flags: refused === undefined ? [] : [refused],
      ...(refused !== undefined && { refused }),
    }
    this.#record(link, asked, fact, () => {
      this.#answer(link, asked, 'certificate', { accepted: refused === undefined })
      this.#observed(link, asked)
    })
  }

  #vendor(link: Link, asked: Asked, ask: AskOf<'vendor'>): void {
    const { digest } = this.#worker
    const { type: _, ...message } = ask
    // whether it is understood or not, it is kept: for whoever follows, or writes a plug-in for it
    const answer = answerVendor(message)
    const fact: Fact = {
      kind: 'vendor.message',
      ...this.#base(link, asked.text, asked.receivedAt, asked),
      ...message,
      at: asked.receivedAt,
      key: messageKey(digest, 'vendor', asked.receivedAt, asked.text),
      status: answer.status,
      flags: [],
    }
    this.#record(link, asked, fact, () => this.#answer(link, asked, 'vendor', answer))
  }

  #record(link: Link, asked: Asked, fact: Fact, then: (receipt: Receipt) => void): void {
    const { journal, telemetry } = this.#worker
    const span = asked.span && telemetry.span('journal commit', asked.span.traceparent)
    journal.append(fact, (verdict) => {
      span?.end(verdict.stored ? undefined : verdict.reason)
      try {
        if (verdict.stored) this.#stored(verdict.receipt, then)
        else this.#putAside(link, asked, verdict.reason)
      } catch (error) {
        this.#fail(link, asked, error)
      }
    })
  }

  #stored(receipt: Receipt, then: (receipt: Receipt) => void): void {
    this.#committed.add()
    if (receipt.repeated) this.#worker.telemetry.count('ocpp.ingest.duplicates')
    if (receipt.fulfilled !== undefined) this.#worker.commandsChanged(receipt.fulfilled)
    then(receipt)
  }

  #putAside(link: Link, asked: Asked, reason: string): void {
    this.#worker.telemetry.count('ocpp.quarantine.frames')
    asked.span?.end(reason)
    this.#worker.gateway.refuse(
      link,
      asked.id,
      'property',
      'a value of this message cannot be stored; the message is kept aside',
    )
  }

  #base(
    link: Link,
    wire: string,
    receivedAt: number,
    asked?: Asked,
  ): ChargePointRef & {
    readonly wire: string
    readonly receivedAt: number
    readonly protocol: string
    readonly traceparent?: string
  } {
    const { tenant, identity } = link.seat.ref
    return {
      tenant,
      identity,
      wire,
      receivedAt,
      protocol: link.seat.protocol,
      ...(asked?.span !== undefined && { traceparent: asked.span.traceparent }),
    }
  }

  /** What a token says, also by the tag that stands for it; a tag is good at its own station only. */
  async presented(
    link: Link,
    { uid: presented, type, wireType }: PresentedToken,
    { at, occasion, evse }: Presenting,
  ): Promise<Found> {
    const { tenant, identity } = link.seat.ref
    const { tokens, clock } = this.#worker
    // whoever pressed a button has nothing to show: its operator has said that anybody may (2.x C15); and who has paid may (2.1 C24)
    if (wireType === 'NoAuthorization' || wireType === 'DirectPayment')
      return { uid: presented, authorization: { status: 'Accepted' } }
    const token = await this.#untilTold(() => findToken(tokens, tenant, { uid: presented, type, at }))
    const now = clock.now()
    if (token?.tag !== undefined && token.tag.chargePoint !== identity)
      return { uid: presented, authorization: authorize(undefined, now) }
    // by a clock that was never set nobody knows when it was
    const when = at === undefined || at < limits.firstStations || link.record.clockless ? now : Math.min(at, now)
    const own = authorize(token, now, when)
    const isOurs = token !== undefined && token.roaming === undefined
    return {
      // a tag stands for its token, and a contract may be spelt otherwise where it is registered
      uid: token === undefined || tokenKey(token.uid) === tokenKey(presented) ? presented : token.uid,
      authorization:
        isOurs || occasion === 'stop'
          ? own
          : await this.#roamed({
              ref: link.seat.ref,
              uid: presented,
              own,
              occasion,
              isLate: now - when > lateMs,
              ...(type !== undefined && { type }),
              ...(token !== undefined && { known: token }),
              ...(evse !== undefined && { evse }),
            }),
      ...(token?.mostSessions !== undefined && { mostSessions: token.mostSessions }),
    }
  }

  /** What its EMP says of a token that is none of our own, where there is anybody to ask. */
  async #roamed(presentation: Presentation): Promise<Authorization> {
    const { roaming } = this.#worker
    return roaming === undefined ? presentation.own : roaming.authorize(presentation)
  }

  /**
   * Whether it charges elsewhere as often as it may; whether it may begin is decided when it starts, under its lock. Here it
   * may be presented to end its own session (OCPP 1.6 §7.2: ConcurrentTx is only relevant for StartTransaction).
   */
  async mayCharge(link: Link, presented: PresentedToken): Promise<Authorization> {
    const { uid, authorization, mostSessions } = await this.presented(link, presented, { occasion: 'authorize' })
    if (mostSessions === undefined || authorization.status !== 'Accepted') return authorization
    const { tenant, identity } = link.seat.ref
    const charging = await this.#untilTold(() => this.#worker.tokens.charging(tenant, uid, identity))
    return charging < mostSessions ? authorization : { ...authorization, status: 'ConcurrentTx' }
  }

  /** Asks until it is told: our own outage is never the station's error (D-11). */
  async #untilTold<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const { timers, log } = this.#worker
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        log.warn('what an ask needs cannot be looked up', { reason: String(error) })
        await new Promise<void>((go) => timers.after(retryMs, go))
      }
    }
  }

  /** Orders that wait for a message (TriggerMessage) are matched where their rows are. */
  #observed(link: Link, asked: Asked): void {
    const { reporter, registry } = this.#worker
    if (registry.awaits(link, asked.action))
      reporter.report({
        kind: 'message',
        ...link.seat.ref,
        epoch: link.seat.epoch,
        at: asked.receivedAt,
        action: asked.action,
      })
  }

  #answer<Type extends keyof Answers>(link: Link, asked: Asked, _: Type, answer: Answers[Type]): void {
    this.#worker.gateway.answer(link, asked, asked.dialect.answer(answer as never))
  }

  #later(link: Link, asked: Asked, work: () => Promise<void>): void {
    work().catch((error: unknown) => this.#fail(link, asked, error))
  }

  #fail(link: Link, asked: Asked, error: unknown): void {
    const { log, gateway } = this.#worker
    log.error('an ask failed', { action: asked.action, chargePoint: link.key, reason: String(error) })
    asked.span?.end(String(error))
    gateway.refuse(link, asked.id, 'internal', 'this message could not be handled')
  }
}
