import { alarms } from './alarm.ts'
import { isAccountChanged } from './cdr.ts'
import { chargingKey } from './changes.ts'
import type {
  Changes,
  FiledFact,
  FiledSample,
  Fulfilled,
  Needs,
  OutboxItem,
  Receipt,
  ReservationUse,
  SecurityEvent,
  Stray,
  View,
  WireRef,
} from './changes.ts'
import type { ChargePointRef } from './charge-point.ts'
import { refKey } from './charge-point.ts'
import { beganBy, consequenceOf, type Effect, type Expectation } from './expectation.ts'
import type { DomainEvent } from './event.ts'
import { chargePointEvent, sessionEvent } from './event.ts'
import type { Deadline } from './deadline.ts'
import { holds, inferences } from './deadline.ts'
import type { Digest } from '../ports/digest.ts'
import type {
  CertificateRequested,
  Fact,
  Progressed,
  Quarantined,
  SecurityReported,
  SessionSampled,
  SessionStarted,
  SessionStopped,
  VendorMessage,
} from './fact.ts'
import { repeatedStartKey, sampledKey } from './fact.ts'
import { isCritical } from './security-event.ts'
import type { Session } from './session.ts'
import { opened, orphaned, read, stop } from './session.ts'

export interface Surroundings {
  readonly now: number
  readonly uuid: () => string
  readonly digest: Digest
}

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** The alarm for one that is: it changed nothing there, and somebody must look. */
export const foreignStop = ({ at, transaction, ...ref }: Stray): DomainEvent =>
  chargePointEvent('security.alarm', ref, at, {
    alarm: alarms.foreignTransaction,
    detail: `a stop for transaction ${transaction}, which is not its own`,
  })

export const needsOf = (facts: readonly Fact[]): Needs => {
  const needs = {
    keys: [] as (ChargePointRef & { key: string })[],
    transactions: [] as WireRef[],
    readings: [] as WireRef[],
    starts: [] as (ChargePointRef & { connector: number })[],
    reports: [] as ChargePointRef[],
    limited: [] as { tenant: string; token: string }[],
  }
  for (const fact of facts) {
    const { tenant, identity } = fact
    if (fact.kind === 'session.started') {
      needs.keys.push({ tenant, identity, key: fact.key })
      needs.starts.push({ tenant, identity, connector: fact.connector })
      if (fact.mostSessions !== undefined) needs.limited.push({ tenant, token: fact.token })
    } else if (fact.kind === 'session.stopped') {
      needs.keys.push({ tenant, identity, key: fact.key })
      needs.transactions.push(fact)
    } else if (fact.kind === 'session.sampled' && fact.transaction !== undefined) {
      needs.readings.push(fact as WireRef)
    } else if (fact.kind === 'firmware.progressed' || fact.kind === 'log.progressed') {
      needs.reports.push({ tenant, identity })
    }
  }
  return needs
}

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
  now.intervals !== before.intervals

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
  readonly #quarantine: Quarantined[] = []
  readonly #outbox: OutboxItem[] = []
  readonly #deadlines: Deadline[] = []
  readonly #events: DomainEvent[] = []
  readonly #fulfilled: Fulfilled[] = []
  readonly #strays: Stray[] = []
  readonly #securityEvents: SecurityEvent[] = []
  readonly #reservations: ReservationUse[] = []
  readonly #charging: Map<string, number>
  readonly #reserved: ReadonlySet<string>

  constructor(view: View, surroundings: Surroundings) {
    this.#surroundings = surroundings
    this.#pending = [...view.expectations]
    this.#charging = new Map(view.charging)
    this.#reserved = view.reserved
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
      case 'quarantined':
        this.#quarantine.push(fact)
        return { repeated: false }
    }
  }

  changes(): Changes {
    return {
      sessions: this.#sorted((id) => this.#deeply.has(id)),
      registers: this.#sorted((id) => !this.#deeply.has(id)),
      counters: this.#advanced,
      facts: this.#facts,
      samples: this.#samples,
      quarantine: this.#quarantine,
      outbox: this.#outbox,
      deadlines: this.#deadlines,
      events: this.#events,
      fulfilled: this.#fulfilled,
      strays: this.#strays,
      securityEvents: this.#securityEvents,
      reservations: this.#reservations,
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
    for (const id of this.#onPlug(fact)) {
      const other = this.#current.get(id)
      if (other?.state === 'open')
        this.#deadlines.push({
          tenant: fact.tenant,
          kind: 'session.infer',
          key: other.id,
          due: now + holds.nextSession,
          reason: inferences.nextSession,
        })
    }
    const order = this.#fulfil(fact, (effect) => beganBy(effect, fact))
    const flags = isAnother ? [...fact.flags, repeatedFlag] : fact.flags
    const session: Session = {
      ...opened(uuid(), dayOf(now), String(next), { ...fact, flags, authorization: this.#limited(fact) }),
      ...(order && { command: order.command }),
    }
    if (order !== undefined) this.#fulfilled.push({ command: order.command, at: now, session: session.id })
    if (session.authorization?.status !== 'Accepted')
      this.#deadlines.push({
        tenant: fact.tenant,
        kind: 'session.infer',
        key: session.id,
        due: now + holds.refusedToken,
        reason: inferences.refusedToken,
      })
    this.#put(session)
    if (this.#reserved.has(refKey(fact))) this.#reservations.push({ ...ref, session: session.id, start: fact })
    this.#facts.push({ fact: { ...fact, key: factKey }, day: session.day, session: session.id })
    this.#events.push(sessionEvent('session.started', session, now))
    return { session, repeated: false, ...(order && { fulfilled: [order.command] }) }
  }

  /** Whether the token may have one more session is decided here: nobody else begins one with it meanwhile. */
  #limited({ tenant, token, authorization, mostSessions }: SessionStarted): SessionStarted['authorization'] {
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
    const told = this.#pending.flatMap((expectation) => {
      const isOurs = expectation.tenant === fact.tenant && expectation.identity === fact.identity
      const consequence = isOurs && expectation.until > now ? consequenceOf(expectation.effect, fact) : undefined
      return consequence === undefined ? [] : [{ expectation, ...consequence }]
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
    const fulfilled = told.map(({ expectation }) => expectation.command)
    return { repeated: false, fulfilled }
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

  /** Sessions on the connector of a start; made at the first start of the batch. */
  #onPlug(of: ChargePointRef & { readonly connector: number }): Iterable<string> {
    if (this.#byPlug === undefined) {
      this.#byPlug = new Map()
      for (const session of this.#current.values()) this.#plugIn(session)
    }
    return this.#byPlug.get(`${refKey(of)}/${of.connector}`) ?? []
  }

  #plugIn(session: Session): void {
    const plug = `${refKey(session)}/${session.connector}`
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
