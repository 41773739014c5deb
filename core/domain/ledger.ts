import { alarms } from './alarm.ts'
import type { Authorization } from './authorization.ts'
import { isAccountChanged } from './cdr.ts'
import { chargingKey } from './changes.ts'
import type {
  Changes,
  FiledFact,
  FiledSample,
  FiledState,
  Fulfilled,
  Learnt,
  Needs,
  OutboxItem,
  Receipt,
  Repeat,
  ReservationUse,
  SecurityEvent,
  Stray,
  View,
  WireRef,
} from './changes.ts'
import type { ChargePointRef } from './charge-point.ts'
import { refKey } from './charge-point.ts'
import { isNewState } from './charging-course.ts'
import {
  beganBy,
  type Consequence,
  consequenceOf,
  consequenceOfProgress,
  type Effect,
  type Expectation,
} from './expectation.ts'
import type { DomainEvent } from './event.ts'
import { chargePointEvent, sessionEvent } from './event.ts'
import type { Deadline } from './deadline.ts'
import { completions, holds, inferences } from './deadline.ts'
import type { Digest } from '../ports/digest.ts'
import type {
  CertificateRequested,
  Fact,
  Progressed,
  Quarantined,
  SecurityReported,
  SessionEvent,
  SessionSampled,
  SessionStarted,
  SessionStopped,
  ToldFact,
  VendorMessage,
} from './fact.ts'
import { repeatedStartKey, sampledKey } from './fact.ts'
import type { ReservedStart } from './reservation.ts'
import { isCritical } from './security-event.ts'
import { isStopToken, openedBy, withEvent } from './session-events.ts'
import { emptyBook, hasEvent } from './event-book.ts'
import { dayOf } from './instant.ts'
import { isComplete, listOf, type Page, type Pages, pagesKey, withPage } from './item.ts'
import type { MirrorChange } from './mirror.ts'
import type { Session } from './session.ts'
import { opened, orphaned, read, stop } from './session.ts'

export interface Surroundings {
  readonly now: number
  readonly uuid: () => string
  readonly digest: Digest
}

/** The alarm for one that is: it changed nothing there, and somebody must look. */
export const foreignStop = ({ at, transaction, ...ref }: Stray): DomainEvent =>
  chargePointEvent('security.alarm', ref, at, {
    alarm: alarms.foreignTransaction,
    detail: `it told of transaction ${transaction}, which is not its own`,
  })

/** An event under a number that another has: kept aside, with what it says. */
export const conflictOf = ({ fact }: Repeat): Quarantined => {
  const { tenant, identity, at, receivedAt, wire, protocol, key, flags, transaction, seq } = fact
  const reason = `event ${seq} of transaction ${transaction} was told before, and said something else`
  return {
    kind: 'quarantined',
    tenant,
    identity,
    at,
    receivedAt,
    wire,
    protocol,
    key,
    flags,
    action: 'TransactionEvent',
    reason,
  }
}

export const conflictAlarm = (repeat: Repeat): DomainEvent =>
  chargePointEvent('security.alarm', repeat.fact, repeat.fact.receivedAt, {
    alarm: alarms.conflictingEvent,
    detail: conflictOf(repeat).reason,
    session: repeat.session.id,
  })

export const needsOf = (facts: readonly Fact[]): Needs => {
  const needs = {
    keys: [] as (ChargePointRef & { key: string })[],
    transactions: [] as WireRef[],
    readings: [] as WireRef[],
    starts: [] as (ChargePointRef & { evse: number })[],
    reports: [] as ChargePointRef[],
    pages: [] as Needs['pages'][number][],
    limited: [] as { tenant: string; token: string }[],
  }
  for (const fact of facts) {
    const { tenant, identity } = fact
    if (fact.kind === 'session.started') {
      needs.keys.push({ tenant, identity, key: fact.key })
      needs.starts.push({ tenant, identity, evse: fact.evse })
      if (fact.mostSessions !== undefined) needs.limited.push({ tenant, token: fact.token })
    } else if (fact.kind === 'session.stopped') {
      needs.keys.push({ tenant, identity, key: fact.key })
      needs.transactions.push(fact)
    } else if (fact.kind === 'session.sampled' && fact.transaction !== undefined) {
      needs.readings.push(fact as WireRef)
    } else if (fact.kind === 'session.event') {
      needs.transactions.push(fact)
      if (fact.evse !== undefined) needs.starts.push({ tenant, identity, evse: fact.evse })
      if (mayFulfil(fact)) needs.reports.push({ tenant, identity })
      if (fact.mostSessions !== undefined && fact.token !== undefined) needs.limited.push({ tenant, token: fact.token })
    } else if (fact.kind === 'told') {
      if (fact.page !== undefined || fact.progress !== undefined) needs.reports.push({ tenant, identity })
      if (fact.page === undefined) continue
      needs.pages.push({ tenant, identity, report: fact.page.report, request: fact.page.request })
    } else if (fact.kind === 'firmware.progressed' || fact.kind === 'log.progressed') {
      needs.reports.push({ tenant, identity })
    }
  }
  return needs
}

/** What some order may wait for: that it began by it, or that it ended. */
const mayFulfil = ({ phase, trigger, remoteStart }: SessionEvent): boolean =>
  phase === 'ended' || trigger === 'RemoteStop' || remoteStart !== undefined

/** Settles a batch against what is stored, in order; the second of two equal facts finds the first one's work. */
export const settle = (
  facts: readonly Fact[],
  view: View,
  surroundings: Surroundings,
): { readonly changes: Changes; readonly receipts: readonly Receipt[] } => {
  const book = new Book(view, surroundings)
  const receipts = facts.map((fact) => book.enter(fact))
  return { changes: book.changes(), receipts }
}

/** Most readings move a session's last register, and nothing else of it. */
const isMoreThanMoved = (before: Session, now: Session): boolean =>
  now.flags !== before.flags ||
  now.peakMwh !== before.peakMwh ||
  now.firstRegister !== before.firstRegister ||
  now.beginMwh !== before.beginMwh ||
  now.endMwh !== before.endMwh ||
  now.intervals !== before.intervals ||
  now.exported !== before.exported

type Limited = Pick<SessionStarted, 'tenant' | 'token' | 'authorization' | 'mostSessions'>

const startOf = ({ evse, token, authorization }: Session, { reservation, at }: SessionEvent): ReservedStart => ({
  evse,
  at,
  clockless: false,
  ...(reservation !== undefined && { reservation }),
  ...(token !== undefined && { token }),
  ...(authorization !== undefined && { authorization }),
})

const repeatedFlag = 'starts like a session that is over: the station has no clock'

class Book {
  /** Made at the first start or stop of the batch: most batches hold meter readings only. */
  #byKey: Map<string, Session> | undefined
  #byPlug: Map<string, Set<string>> | undefined
  /** As they are now. */
  readonly #byWire = new Map<string, Session>()
  readonly #current = new Map<string, Session>()
  readonly #changed = new Set<string>()
  readonly #deeply = new Set<string>()
  readonly #counters = new Map<string, number>()
  readonly #advanced = new Map<string, ChargePointRef & { readonly next: number }>()
  readonly #pending: Expectation[]
  readonly #surroundings: Surroundings
  readonly #facts: FiledFact[] = []
  readonly #samples: FiledSample[] = []
  readonly #course: FiledState[] = []
  readonly #quarantine: Quarantined[] = []
  readonly #outbox: OutboxItem[] = []
  readonly #deadlines: Deadline[] = []
  readonly #events: DomainEvent[] = []
  readonly #fulfilled: Fulfilled[] = []
  readonly #strays: Stray[] = []
  readonly #securityEvents: SecurityEvent[] = []
  readonly #reservations: ReservationUse[] = []
  readonly #learnt: Learnt[] = []
  readonly #repeats: Repeat[] = []
  readonly #pages: Map<string, Pages>
  readonly #turned = new Set<string>()
  readonly #charging: Map<string, number>
  readonly #reserved: ReadonlySet<string>

  constructor(view: View, surroundings: Surroundings) {
    this.#surroundings = surroundings
    this.#pending = [...view.expectations]
    this.#charging = new Map(view.charging)
    this.#reserved = view.reserved
    this.#pages = new Map(view.pages)
    for (const [key, next] of view.counters) this.#counters.set(key, next)
    for (const session of view.sessions) this.#remember(session)
  }

  enter(fact: Fact): Receipt {
    switch (fact.kind) {
      case 'session.started':
        return this.#started(fact)
      case 'session.stopped':
        return this.#stopped(fact)
      case 'session.sampled':
        return this.#sampled(fact)
      case 'firmware.progressed':
      case 'log.progressed':
        return this.#progressed(fact)
      case 'security.reported':
        return this.#secured(fact)
      case 'certificate.requested':
        return this.#requested(fact)
      case 'vendor.message':
        return this.#vendor(fact)
      case 'session.event':
        return this.#event(fact)
      case 'told':
        return this.#told(fact)
      case 'quarantined':
        this.#quarantine.push(fact)
        return { repeated: false }
    }
  }

  changes(): Changes {
    return {
      at: this.#surroundings.now,
      sessions: this.#sorted((id) => this.#deeply.has(id)),
      registers: this.#sorted((id) => !this.#deeply.has(id)),
      counters: this.#advanced,
      facts: this.#facts,
      samples: this.#samples,
      course: this.#course,
      quarantine: this.#quarantine,
      outbox: this.#outbox,
      deadlines: this.#deadlines,
      events: this.#events,
      fulfilled: this.#fulfilled,
      strays: this.#strays,
      securityEvents: this.#securityEvents,
      reservations: this.#reservations,
      learnt: this.#learnt,
      pages: [...this.#turned].flatMap((key) => this.#pages.get(key) ?? []),
      repeats: this.#repeats,
    }
  }

  #started(fact: SessionStarted): Receipt {
    const { now, uuid, digest } = this.#surroundings
    const known = this.#latest(this.#opened(fact))
    const isAnother = known?.stopKey !== undefined && fact.clockless
    if (known !== undefined && !isAnother) return { session: known, repeated: true }
    const factKey = known === undefined ? fact.key : repeatedStartKey(digest, fact.key, known.transaction ?? '')
    // the newest session of this content has its key, so that a repetition finds that one
    if (known !== undefined) this.#put({ ...known, startKey: factKey })
    const ref = { tenant: fact.tenant, identity: fact.identity }
    const next = this.#counters.get(refKey(fact))
    if (next === undefined) throw new Error(`${refKey(fact)} is not registered any more`)
    this.#counters.set(refKey(fact), next + 1)
    this.#advanced.set(refKey(fact), { ...ref, next: next + 1 })
    this.#inferOthers(fact)
    const order = this.#fulfil(fact, (effect) => beganBy(effect, fact))
    const flags = isAnother ? [...fact.flags, repeatedFlag] : fact.flags
    const session: Session = {
      ...opened(uuid(), dayOf(now), String(next), { ...fact, flags, authorization: this.#limited(fact) }),
      ...(order && { command: order.command }),
    }
    if (order !== undefined) this.#fulfilled.push({ command: order.command, at: now, session: session.id })
    if (session.authorization?.status !== 'Accepted') this.#inferRefused(session)
    this.#put(session)
    if (this.#reserved.has(refKey(fact))) this.#reservations.push({ ...ref, session: session.id, start: fact })
    this.#facts.push({ fact: { ...fact, key: factKey }, day: session.day, session: session.id })
    this.#events.push(sessionEvent('session.started', session, now))
    return { session, repeated: false, ...(order && { fulfilled: [order.command] }) }
  }

  /** Another session begins on an EVSE: one that is still open there will be closed without its stop (INV-24). */
  #inferOthers(began: ChargePointRef & { readonly evse: number; readonly id?: string }): void {
    const due = this.#surroundings.now + holds.nextSession
    for (const id of this.#onPlug(began)) {
      const { tenant, state } = this.#current.get(id) ?? {}
      if (tenant !== undefined && state === 'open' && id !== began.id)
        this.#deadlines.push({ tenant, kind: 'session.infer', key: id, due, reason: inferences.nextSession })
    }
  }

  #inferRefused({ tenant, id }: Session): void {
    const due = this.#surroundings.now + holds.refusedToken
    this.#deadlines.push({ tenant, kind: 'session.infer', key: id, due, reason: inferences.refusedToken })
  }

  /** One of the numbered events of a session of 2.x; the first that comes opens it, whichever it is (INV-23). */
  #event(fact: SessionEvent): Receipt {
    const { now, uuid } = this.#surroundings
    const before = this.#latest(this.#byWire.get(fact.wireKey))
    if (before?.events !== undefined && hasEvent(before.events, fact.seq)) {
      this.#repeats.push({ session: before, fact })
      return { session: before, repeated: true }
    }
    const isToken = fact.token !== undefined && !isStopToken(fact)
    const presents = isToken && before?.token === undefined
    const heard = presents ? { ...fact, ...this.#judged(fact) } : fact
    const session = this.#ordered(
      before === undefined ? openedBy(uuid(), dayOf(now), heard) : withEvent(before, heard),
      fact,
    )
    this.#put(session)
    const { tenant, identity, evse, id } = session
    if (evse > 0 && before?.evse !== evse) this.#inferOthers({ tenant, identity, evse, id })
    if (presents && session.authorization !== undefined && session.authorization.status !== 'Accepted')
      this.#inferRefused(session)
    if (this.#reserved.has(refKey(fact)) && (presents || fact.reservation !== undefined))
      this.#reservations.push({ tenant, identity, session: id, start: startOf(session, fact) })
    this.#facts.push({ fact, day: session.day, session: id })
    if (fact.readings.length > 0) this.#samples.push({ session, fact })
    const { at, seq, charging: state } = fact
    if (state !== undefined && isNewState(before?.events ?? emptyBook, seq, state))
      this.#course.push({ session, at, seq, state })
    this.#toldOf(before, session, fact)
    const orders = this.#fulfilledBy(session, fact)
    return { session, repeated: false, ...(orders.length > 0 && { fulfilled: orders }) }
  }

  /** What its end is waited for with, its account, and what those who follow hear. */
  #toldOf(before: Session | undefined, session: Session, fact: SessionEvent): void {
    const { now } = this.#surroundings
    const { tenant, id: key, state } = session
    if (before === undefined && fact.phase !== 'started') {
      const { identity, transaction } = fact
      this.#strays.push({ tenant, identity, transaction, at: now })
    }
    if (before === undefined) this.#events.push(sessionEvent('session.started', session, now))
    else if (before.evse !== session.evse || before.token !== session.token)
      this.#events.push(sessionEvent('session.changed', session, now))
    if (state === 'ended' && before?.state !== 'ended') {
      const due = now + holds.missing
      this.#deadlines.push({ tenant, kind: 'session.complete', key, due, reason: completions.grace })
      this.#events.push(sessionEvent('session.ended', session, now))
    }
    if (state === 'inferred') this.#holdAgain(session)
    this.#account(before, session, fact)
    if (before?.state === state) return
    if (state === 'closed') this.#events.push(sessionEvent('session.closed', session, now))
    if (state === 'orphan') this.#events.push(sessionEvent('session.orphaned', session, now))
  }

  /** The session with the order that it began by, where the station tells which. */
  #ordered(session: Session, fact: SessionEvent): Session {
    if (fact.remoteStart === undefined || session.command !== undefined) return session
    const order = this.#fulfil(fact, (effect) => beganBy(effect, fact))
    if (order === undefined) return session
    this.#fulfilled.push({ command: order.command, at: this.#surroundings.now, session: session.id })
    const begun = { ...session, command: order.command }
    const { limits } = order.effect.type === 'session.started' ? order.effect : {}
    if (limits === undefined || session.events === undefined) return begun
    return { ...begun, events: { ...session.events, ordered: [fact.seq, limits] } }
  }

  #fulfilledBy(session: Session, fact: SessionEvent): readonly string[] {
    const { now } = this.#surroundings
    const began = this.#fulfilled.flatMap(({ command, session: of }) => (of === session.id ? [command] : []))
    if (fact.phase !== 'ended' && fact.trigger !== 'RemoteStop') return began
    const order = this.#fulfil(fact, (effect) => effect.type === 'session.stopped' && effect.session === session.id)
    if (order === undefined) return began
    this.#fulfilled.push({ command: order.command, at: now, session: session.id })
    return [...began, order.command]
  }

  #judged(fact: SessionEvent): Pick<SessionEvent, 'authorization'> {
    const { tenant, token = '', authorization, mostSessions } = fact
    if (authorization === undefined) return {}
    return {
      authorization: this.#limited({
        tenant,
        token,
        authorization,
        ...(mostSessions !== undefined && { mostSessions }),
      }),
    }
  }

  /** Whatever a station tells beside sessions; a page of a report may be the one that completes it. */
  #told(fact: ToldFact): Receipt {
    const { now } = this.#surroundings
    const { tenant, identity, topic, data, learnt, page, progress } = fact
    this.#facts.push({ fact, day: dayOf(fact.receivedAt) })
    this.#events.push(chargePointEvent('charge-point.told', fact, now, { topic, ...data }))
    const learn = (change: MirrorChange): void => void this.#learnt.push({ tenant, identity, at: now, change })
    if (page === undefined) {
      learnt.forEach(learn)
      if (progress === undefined) return { repeated: false }
      return { repeated: false, fulfilled: this.#step(fact, (effect) => consequenceOfProgress(effect, progress)) }
    }
    const { report, request } = page
    const key = pagesKey({ tenant, identity, report, request })
    const begun = this.#pages.get(key)
    // nobody has asked for it: it is kept as it came, and changes nothing (BI-47)
    if (begun === undefined && !this.#isAwaited(fact, page)) return { repeated: false }
    for (const change of learnt) learn(change.type === 'items.put' ? { ...change, request } : change)
    const before = begun ?? { tenant, identity, report, request, seqs: [] }
    const pages = withPage(before, page)
    this.#pages.set(key, pages)
    this.#turned.add(key)
    if (!isComplete(pages) || isComplete(before)) return { repeated: pages === before }
    const order = this.#fulfil(
      fact,
      (effect) => effect.type === 'report' && effect.report === report && effect.request === request,
    )
    if (order === undefined) return { repeated: false }
    this.#fulfilled.push({ command: order.command, at: now })
    if (order.effect.type === 'report' && order.effect.isWhole === true) {
      const { firmware } = order.effect
      learn({ type: 'items.swept', kind: listOf[report], request })
      if (firmware !== undefined)
        learn({ type: 'items.put', kind: 'inventory', items: [{ key: 'full', body: { firmware } }] })
    }
    return { repeated: false, fulfilled: [order.command] }
  }

  #isAwaited({ tenant, identity }: ChargePointRef, { report, request }: Page): boolean {
    return this.#pending.some(
      ({ effect, ...of }) =>
        of.tenant === tenant &&
        of.identity === identity &&
        effect.type === 'report' &&
        effect.report === report &&
        effect.request === request,
    )
  }

  /** Whether the token may have one more session is decided here: nobody else begins one with it meanwhile. */
  #limited({ tenant, token, authorization, mostSessions }: Limited): Authorization {
    if (mostSessions === undefined || authorization.status !== 'Accepted') return authorization
    const key = chargingKey(tenant, token)
    const charging = this.#charging.get(key) ?? 0
    if (charging >= mostSessions) return { ...authorization, status: 'ConcurrentTx' }
    this.#charging.set(key, charging + 1)
    return authorization
  }

  #progressed(fact: Progressed): Receipt {
    const { now } = this.#surroundings
    this.#facts.push({ fact, day: dayOf(fact.receivedAt) })
    this.#events.push(
      chargePointEvent(fact.kind, fact, now, {
        status: fact.status,
        ...(fact.request !== undefined && { request: fact.request }),
      }),
    )
    return { repeated: false, fulfilled: this.#step(fact, (effect) => consequenceOf(effect, fact)) }
  }

  /** What a step of the station means to the orders that wait for its end: their own ends, or a note; answers which they are. */
  #step(ref: ChargePointRef, consequence: (effect: Effect) => Consequence | undefined): readonly string[] {
    const { now } = this.#surroundings
    const told = this.#pending.flatMap((expectation) => {
      const isOurs = expectation.tenant === ref.tenant && expectation.identity === ref.identity
      const what = isOurs && expectation.until > now ? consequence(expectation.effect) : undefined
      return what === undefined ? [] : [{ expectation, ...what }]
    })
    for (const { expectation, verdict, note } of told) {
      const { command } = expectation
      this.#fulfilled.push({
        command,
        at: now,
        note,
        ...(verdict === 'failed' && { failed: note }),
        ...(verdict === 'goesOn' && { goesOn: true }),
      })
      if (verdict !== 'goesOn') this.#pending.splice(this.#pending.indexOf(expectation), 1)
    }
    return told.map(({ expectation }) => expectation.command)
  }

  #secured(fact: SecurityReported): Receipt {
    const critical = isCritical(fact.event)
    this.#facts.push({ fact, day: dayOf(fact.receivedAt) })
    this.#securityEvents.push({ fact, critical })
    return { repeated: false }
  }

  #vendor(fact: VendorMessage): Receipt {
    const { vendor, message = null, data = null, status } = fact
    this.#facts.push({ fact, day: dayOf(fact.receivedAt) })
    this.#events.push(
      chargePointEvent('vendor.received', fact, this.#surroundings.now, { vendor, message, data, status }),
    )
    return { repeated: false }
  }

  #requested(fact: CertificateRequested): Receipt {
    const { now } = this.#surroundings
    const { tenant, refused } = fact
    this.#facts.push({ fact, day: dayOf(fact.receivedAt) })
    this.#events.push(
      chargePointEvent('certificate.requested', fact, now, { ...(refused !== undefined && { refused }) }),
    )
    if (refused === undefined)
      this.#outbox.push({ tenant, kind: 'certificate', key: `${dayOf(fact.receivedAt)}/${fact.identity}/${fact.key}` })
    return { repeated: false }
  }

  #stopped(fact: SessionStopped): Receipt {
    const { now, uuid } = this.#surroundings
    const known = this.#latest(this.#byWire.get(fact.wireKey) ?? this.#opened(fact))
    if (known?.stopKey !== undefined) {
      if (known.stopKey !== fact.key)
        this.#facts.push({
          fact: { ...fact, flags: [...fact.flags, 'differs from the first stop'] },
          day: known.day,
          session: known.id,
        })
      return { session: known, repeated: true }
    }
    const session = known === undefined ? orphaned(uuid(), dayOf(now), fact) : stop(known, fact)
    if (known === undefined) {
      const { tenant, identity, transaction } = fact
      this.#strays.push({ tenant, identity, transaction, at: now })
    }
    this.#put(session)
    this.#facts.push({ fact, day: session.day, session: session.id })
    if (fact.readings.length > 0) this.#samples.push({ session, fact })
    this.#account(known, session, fact)
    const order = this.#fulfil(fact, (effect) => effect.type === 'session.stopped' && effect.session === session.id)
    if (order !== undefined) this.#fulfilled.push({ command: order.command, at: now, session: session.id })
    this.#events.push(sessionEvent(session.state === 'orphan' ? 'session.orphaned' : 'session.closed', session, now))
    return { session, repeated: false, ...(order && { fulfilled: [order.command] }) }
  }

  #sampled(fact: SessionSampled): Receipt {
    const known = fact.wireKey === undefined ? undefined : this.#byWire.get(fact.wireKey)
    if (known === undefined) {
      const key = sampledKey(this.#surroundings.digest, fact)
      this.#facts.push({ fact: { ...fact, key }, day: dayOf(fact.receivedAt) })
      return { repeated: false }
    }
    const session = read(known, fact.readings, fact.flags)
    if (session !== known) {
      this.#put(session, isMoreThanMoved(known, session))
      // of a session that was closed without its stop the account waits: for the stop, or for the hold to pass again
      if (session.state === 'inferred') this.#holdAgain(session)
    }
    // what changes no energy may still change what is to be thought of it
    if (session.state === 'closed') this.#account(undefined, session, fact)
    this.#samples.push({ session, fact })
    return { session, repeated: false }
  }

  #holdAgain(session: Session): void {
    const due = this.#surroundings.now + holds.nextSession
    const reason = session.inferredBy ?? inferences.nextSession
    this.#deadlines.push({ tenant: session.tenant, kind: 'session.infer', key: session.id, due, reason })
  }

  /** Also what comes after the end may change the account (INV-25). */
  #account(before: Session | undefined, session: Session, { traceparent }: Fact): void {
    if (isAccountChanged(before, session))
      this.#outbox.push({
        tenant: session.tenant,
        kind: 'cdr',
        key: session.id,
        ...(traceparent !== undefined && { traceparent }),
      })
  }

  /** Sessions on the EVSE of a start; made at the first start of the batch. */
  #onPlug(of: ChargePointRef & { readonly evse: number }): Iterable<string> {
    if (this.#byPlug === undefined) {
      this.#byPlug = new Map()
      for (const session of this.#current.values()) this.#plugIn(session)
    }
    return this.#byPlug.get(`${refKey(of)}/${of.evse}`) ?? []
  }

  #plugIn(session: Session): void {
    const plug = `${refKey(session)}/${session.evse}`
    const ids = this.#byPlug?.get(plug) ?? new Set()
    this.#byPlug?.set(plug, ids.add(session.id))
  }

  #opened(fact: SessionStarted | SessionStopped): Session | undefined {
    if (this.#byKey === undefined) {
      this.#byKey = new Map()
      for (const session of this.#current.values()) this.#byKey.set(`${refKey(session)}/${session.startKey}`, session)
    }
    return this.#byKey.get(`${refKey(fact)}/${fact.key}`)
  }

  #fulfil(ref: ChargePointRef, matches: (effect: Effect) => boolean): Expectation | undefined {
    const at = this.#pending.findIndex(
      (e) =>
        e.tenant === ref.tenant && e.identity === ref.identity && e.until > this.#surroundings.now && matches(e.effect),
    )
    return at < 0 ? undefined : this.#pending.splice(at, 1)[0]
  }

  #sorted(wanted: (id: string) => boolean): readonly Session[] {
    return [...this.#changed]
      .filter(wanted)
      .sort()
      .map((id) => this.#current.get(id) as Session)
  }

  #latest(session: Session | undefined): Session | undefined {
    return session && this.#current.get(session.id)
  }

  #put(session: Session, deeply = true): void {
    this.#remember(session)
    this.#changed.add(session.id)
    if (deeply) this.#deeply.add(session.id)
  }

  #remember(session: Session): void {
    this.#current.set(session.id, session)
    if (this.#byPlug !== undefined) this.#plugIn(session)
    this.#byKey?.set(`${refKey(session)}/${session.startKey}`, session)
    if (session.wireKey !== undefined) this.#byWire.set(session.wireKey, session)
  }
}
