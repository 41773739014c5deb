import { type ChargePointRef, refKey } from '../../core/domain/charge-point.ts'
import type { Cdr } from '../../core/domain/cdr.ts'
import type { CourseEntry } from '../../core/domain/charging-course.ts'
import type { Expectation } from '../../core/domain/command.ts'
import { readingKey, sampledAt } from '../../core/domain/fact.ts'
import type { Fact } from '../../core/domain/fact.ts'
import { completions, isBefore } from '../../core/domain/deadline.ts'
import { chargingKey, type Changes, type FiledFact, type Stray } from '../../core/domain/changes.ts'
import { type Pages, pagesKey } from '../../core/domain/item.ts'
import { conflictAlarm, conflictOf, foreignStop, settle } from '../../core/domain/ledger.ts'
import type { Reading } from '../../core/domain/meter.ts'
import { momentOf, type Session, wireKey } from '../../core/domain/session.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Digest } from '../../core/ports/digest.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { Ledger, Verdict } from '../../core/ports/ledger.ts'

interface Parts {
  readonly clock: Clock
  readonly ids: Ids
  readonly digest: Digest
  /** The first transaction id of a charge point that has had none. */
  readonly firstTransaction: (ref: string) => number
  /** The transaction id of a start, where its frame is known to have been given one: of what is played again. */
  readonly transactionFor?: (wire: string) => number | undefined
  /** False = facts and samples are decided about and forgotten: a measurement must not measure a growing heap. */
  readonly keepsAll?: boolean
}

export interface KeptState extends Required<CourseEntry> {
  /** The session's id, or the connector's name: `default/CP-1/2`. */
  readonly of: string
}

/** The ledger in memory: the same decisions as on PostgreSQL, and rows to look at. For benches, simulation and unit tests. */
export class MemoryLedger implements Ledger {
  readonly #parts: Parts
  readonly sessions = new Map<string, Session>()
  readonly facts = new Map<string, FiledFact>()
  readonly samples = new Map<string, Reading & { readonly receivedAt: number }>()
  /** States of charging, each once: by the session that tells them, or by the connector. */
  readonly course = new Map<string, KeptState>()
  readonly outbox = new Map<string, Changes['outbox'][number]>()
  /** The serial number of each outbox row ever written, by its key; a row that is written again is a new one. */
  readonly outboxIds = new Map<string, number>()
  readonly cdrs = new Map<string, Cdr>()
  readonly deadlines = new Map<string, Changes['deadlines'][number]>()
  readonly quarantine: Fact[] = []
  readonly events: Changes['events'][number][] = []
  readonly expectations: Expectation[] = []
  readonly fulfilled: Changes['fulfilled'][number][] = []
  readonly securityEvents: Changes['securityEvents'][number][] = []
  readonly learnt: Changes['learnt'][number][] = []
  readonly pages = new Map<string, Pages>()
  #serial = 0
  readonly #byKey = new Map<string, Session>()
  readonly #byWire = new Map<string, string>()
  readonly #openOf = new Map<string, Set<string>>()
  readonly #counters = new Map<string, number>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async commit(facts: readonly Fact[]): Promise<readonly Verdict[]> {
    const { clock, ids, digest } = this.#parts
    const { changes, receipts } = settle(facts, this.#view(facts), { now: clock.now(), uuid: () => ids.uuid(), digest })
    this.#store(changes)
    return receipts.map((receipt) => ({ stored: true, receipt }))
  }

  #view(facts: readonly Fact[]): Parameters<typeof settle>[1] {
    const sessions = new Map<string, Session>()
    const counters = new Map<string, number>()
    const see = (id: string | undefined): void => {
      const session = id === undefined ? undefined : this.sessions.get(id)
      if (session !== undefined) sessions.set(session.id, session)
    }
    for (const fact of facts) {
      if ('wireKey' in fact && fact.wireKey !== undefined) see(this.#byWire.get(fact.wireKey))
      const ref = refKey(fact)
      if (fact.kind === 'session.event' && fact.evse !== undefined)
        for (const id of this.#openOf.get(`${ref}/${fact.evse}`) ?? []) see(id)
      if (fact.kind !== 'session.started' && fact.kind !== 'session.stopped') continue
      see(this.#byKey.get(`${ref}/${fact.key}`)?.id)
      if (fact.kind === 'session.started') {
        const { firstTransaction, transactionFor } = this.#parts
        counters.set(ref, transactionFor?.(fact.wire) ?? this.#counters.get(ref) ?? firstTransaction(ref))
        for (const id of this.#openOf.get(`${ref}/${fact.evse}`) ?? []) see(id)
      }
    }
    return {
      sessions: [...sessions.values()],
      counters,
      expectations: this.expectations,
      charging: this.#charging(facts),
      reserved: new Set(),
      pages: this.pages,
    }
  }

  #charging(facts: readonly Fact[]): ReadonlyMap<string, number> {
    const limited = new Set(
      facts.flatMap((f) =>
        (f.kind === 'session.started' || f.kind === 'session.event') && f.mostSessions !== undefined
          ? [chargingKey(f.tenant, f.token ?? '')]
          : [],
      ),
    )
    const open = new Map<string, number>()
    if (limited.size === 0) return open
    for (const { tenant, token = '', state, authorization } of this.sessions.values()) {
      const key = chargingKey(tenant, token)
      if (state === 'open' && authorization?.status === 'Accepted' && limited.has(key))
        open.set(key, (open.get(key) ?? 0) + 1)
    }
    return open
  }

  #store(changes: Changes): void {
    for (const session of changes.registers) this.sessions.set(session.id, { ...session, version: session.version + 1 })
    for (const session of changes.sessions) this.put({ ...session, version: session.version + 1 })
    for (const [ref, { next }] of changes.counters) this.#counters.set(ref, next)
    if (this.#parts.keepsAll !== false) this.#file(changes)
    for (const item of changes.outbox) this.leaveJob(item)
    for (const deadline of changes.deadlines) this.hold(deadline)
    for (const { command } of changes.fulfilled.filter((f) => f.goesOn !== true))
      this.expectations.splice(
        this.expectations.findIndex((e) => e.command === command),
        1,
      )
    this.quarantine.push(...changes.quarantine)
    this.learnt.push(...changes.learnt)
    for (const pages of changes.pages) this.pages.set(pagesKey(pages), pages)
    for (const repeat of changes.repeats) this.#keepConflict(repeat)
  }

  #keepConflict(repeat: Changes['repeats'][number]): void {
    const { session, fact } = repeat
    if (this.facts.has(`${session.day}/${refKey(fact)}/${fact.key}`)) return
    this.quarantine.push(conflictOf(repeat))
    this.events.push(conflictAlarm(repeat))
  }

  leaveJob(item: Changes['outbox'][number]): void {
    const key = `${item.tenant}/${item.kind}/${item.key}`
    if (this.outbox.has(key)) return
    this.outbox.set(key, item)
    this.outboxIds.set(key, ++this.#serial)
  }

  hold(deadline: Changes['deadlines'][number]): void {
    const key = `${deadline.tenant}/${deadline.kind}/${deadline.key}`
    if (isBefore(deadline, this.deadlines.get(key))) this.deadlines.set(key, deadline)
  }

  holdUnlessHeld(deadline: Changes['deadlines'][number]): void {
    const key = `${deadline.tenant}/${deadline.kind}/${deadline.key}`
    if (!this.deadlines.has(key)) this.deadlines.set(key, deadline)
  }

  /** Its station has nothing more to tell about a transaction: whoever sweeps next settles its session. */
  expectNoMore(ref: ChargePointRef, transaction: string, at: number): void {
    const { id, tenant, state } = this.sessions.get(this.#byWire.get(wireKey(refKey(ref), transaction)) ?? '') ?? {}
    if (id === undefined || tenant === undefined || state !== 'ended') return
    const kind = 'session.complete'
    this.deadlines.set(`${tenant}/${kind}/${id}`, { tenant, kind, key: id, due: at, reason: completions.emptyQueue })
  }

  #file(changes: Changes): void {
    for (const filed of changes.facts) {
      const key = `${filed.day}/${refKey(filed.fact)}/${filed.fact.key}`
      if (!this.facts.has(key)) this.facts.set(key, filed)
    }
    for (const { session, fact } of changes.samples)
      for (const reading of fact.readings) {
        const evse = sampledAt({ session, fact })
        const name = `${session.id}/${momentOf(session, reading)}/${readingKey(this.#parts.digest, evse, fact.transaction, reading)}`
        if (!this.samples.has(name)) this.samples.set(name, { ...reading, receivedAt: fact.receivedAt })
      }
    for (const { session, at, seq, state } of changes.course) this.keepState({ of: session.id, at, seq, state })
    this.events.push(...changes.events)
    this.fulfilled.push(...changes.fulfilled)
    this.securityEvents.push(...changes.securityEvents)
    for (const stray of changes.strays) if (this.#isForeign(stray)) this.events.push(foreignStop(stray))
  }

  keepState(kept: KeptState): void {
    if (this.#parts.keepsAll === false) return
    const key = `${kept.of} ${kept.at} ${kept.seq}`
    if (!this.course.has(key)) this.course.set(key, kept)
  }

  #isForeign({ tenant, identity, transaction }: Stray): boolean {
    return [...this.sessions.values()].some(
      (s) => s.tenant === tenant && s.transaction === transaction && s.identity !== identity,
    )
  }

  put(session: Session): void {
    const ref = refKey(session)
    this.sessions.set(session.id, session)
    this.#byKey.set(`${ref}/${session.startKey}`, session)
    if (session.wireKey !== undefined) this.#byWire.set(session.wireKey, session.id)
    const plug = `${ref}/${session.evse}`
    const open = this.#openOf.get(plug) ?? new Set()
    this.#openOf.set(plug, open)
    if (session.state === 'open') open.add(session.id)
    else open.delete(session.id)
  }
}
