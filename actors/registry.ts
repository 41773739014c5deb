import { alarms } from '../core/domain/alarm.ts'
import { type ChargePointRef, refKey, type Registration } from '../core/domain/charge-point.ts'
import { type ConnectorReport, type ConnectorStatus, mostConnectors } from '../core/domain/connector.ts'
import { isBilling } from '../core/domain/dialogue.ts'
import type { MirrorChange } from '../core/domain/mirror.ts'
import type { Session } from '../core/domain/session.ts'
import { type ChargePointEvent, chargePointMachine } from './charge-point/machine.ts'
import { carriers, type EffectParams } from './carriers.ts'
import { type ConnectorEvent, connectorMachine } from './connector/machine.ts'
import { type Effect, Host } from './host.ts'
import { isTwo } from '../core/ocpp/version.ts'
import type { Asked, Link, Plug } from './link.ts'
import { withPassword } from './rotation.ts'
import { type SessionEvent, sessionMachine } from './session/machine.ts'
import { isEnding, noteChanged, noteClosed, noteDeadline, noteInferred, noteOpened } from './trace-notes.ts'
import { Watch } from './watch.ts'
import type { Worker } from './worker.ts'

const minute = 60_000
const occupied: ReadonlySet<unknown> = new Set([
  'preparing',
  'charging',
  'suspendedByVehicle',
  'suspendedByStation',
  'finishing',
])

interface Awaited {
  readonly until: number
  readonly isReport: boolean
}

/** One number for a connector of an EVSE. */
const plugKey = (evse: number, connector: number): number => evse * 10_000 + connector
const evseOf = (plug: number): number => Math.floor(plug / 10_000)

const mostAwaited = 10_000
const probeMs = 800

/** Finds the actors of a socket, hands them their events, and carries out what they name (D-6). Newest socket wins (D-5). */
export class Registry {
  readonly #worker: Worker
  readonly #links = new Map<string, Link>()
  readonly #chargePoints = new Host(chargePointMachine)
  readonly #connectors = new Host(connectorMachine)
  readonly #sessions = new Host(sessionMachine)
  /** Actions some order waits for, and until when: a hint that saves a look into the store for every message. */
  readonly #awaited = new Map<string, Map<string, Awaited>>()
  readonly #takeovers: Watch
  readonly #reconnects: Watch
  readonly #clones: Watch

  constructor(worker: Worker) {
    this.#worker = worker
    this.#takeovers = new Watch(worker.clock, 3, 10 * minute)
    this.#reconnects = new Watch(worker.clock, 60, 60 * minute)
    this.#clones = new Watch(worker.clock, 2, 10 * minute)
  }

  get size(): number {
    return this.#links.size
  }

  links(): Iterable<Link> {
    return this.#links.values()
  }

  find(ref: ChargePointRef): Link | undefined {
    return this.#links.get(refKey(ref))
  }

  /** A socket has opened. The one with the higher epoch stays; the other is closed. */
  join(link: Link): void {
    const { seat } = link
    const other = this.#links.get(link.key)
    const { registration, vendor } = seat.record
    const [rest, effects] = this.#chargePoints.start({
      registration,
      ...(isTwo(seat.protocol) && { isStrict: true, isStrange: vendor === undefined }),
    })
    link.chargePoint = rest
    noteOpened(this.#worker.trace, link)
    this.#worker.saw('charge-point', link.identity, rest.value)
    if (other !== undefined && other.seat.epoch > seat.epoch) {
      this.#tell(link, { type: 'superseded' })
      return
    }
    this.#links.set(link.key, link)
    if (other !== undefined) {
      this.takenOver(link)
      this.#inherit(other, link)
      this.#tell(other, { type: 'superseded' })
    }
    this.#carryOut(link, effects)
    if (this.#reconnects.note(link.key))
      this.#worker.alarm(seat.ref, alarms.reconnects, 'it has connected 60 times within an hour')
    for (const { id, evse } of seat.reservations) this.#hold(link, evse, id)
    this.#worker.presence.arrived(link)
    if (seat.ordersWait && this.#isAtEase(link)) this.#worker.ordersWait(seat.ref)
  }

  /** A socket took the place of another that was still open, here or on another worker (INV-33). */
  takenOver(link: Link): void {
    this.#worker.telemetry.count('ocpp.connect.takeovers')
    if (this.#takeovers.note(link.key))
      this.#worker.alarm(link.seat.ref, alarms.takeovers, 'a new socket has replaced an open one 3 times in 10 minutes')
  }

  /** A socket has closed, for whatever reason. A late close of an older one changes nothing (INV-32). */
  leave(link: Link, code: number): void {
    if (!link.open) return
    this.#tell(link, { type: 'closed' })
    this.#gone(link, code, 'closed by the charge point')
  }

  dismiss(link: Link, code: number, reason: string): void {
    this.#tell(link, { type: 'dismissed', code, reason })
  }

  silent(link: Link): void {
    this.#tell(link, { type: 'silent' })
  }

  supersede(link: Link): void {
    this.#tell(link, { type: 'superseded' })
  }

  changed(ref: ChargePointRef, registration: Registration): void {
    const link = this.find(ref)
    if (link === undefined) return
    if (link.chargePoint?.context.registration !== registration) noteChanged(this.#worker.trace, link, registration)
    this.#tell(link, { type: 'registration', to: registration })
  }

  /** A CALL has been understood; the charge point's machine decides what becomes of it. */
  ask(link: Link, asked: Asked): void {
    // the machine hears what changes its state (D-7): of a station at ease that is its boot, and nothing else it says
    const span = asked.span && this.#worker.telemetry.span('actor charge-point', asked.span.traceparent)
    if (asked.ask.type !== 'boot' && this.#isAtEase(link)) this.#worker.dialogue.handle(link, asked)
    else this.#decide(link, asked)
    span?.end()
  }

  #decide(link: Link, asked: Asked): void {
    link.asked = asked
    this.#tell(link, { type: this.#kindOf(link, asked), call: asked.id })
    link.asked = undefined
  }

  #kindOf(link: Link, { ask, action }: Asked): 'boot' | 'billing' | 'triggered' | 'ask' {
    if (ask.type === 'boot') return 'boot'
    if (isBilling(ask.type)) return 'billing'
    const until = this.#awaited.get(link.key)?.get(action)?.until ?? 0
    return until > this.#worker.clock.now() ? 'triggered' : 'ask'
  }

  /** Why nothing of this kind is sent to the charge point as it stands, or nothing (OCPP 1.6 §4.2, 2.x B02, B03). */
  mayNotSend(link: Link, action: string): string | undefined {
    const state = link.chargePoint?.value
    if (state === 'rejected') return 'the charge point is rejected: nothing is sent to it'
    if (state === 'unbooted' && action !== 'TriggerMessage') return 'the charge point has not booted yet'
    if (state === 'pending' && /^(?:Remote|Request)(?:Start|Stop)Transaction$/.test(action))
      return 'the charge point is pending: it may not charge yet'
    return undefined
  }

  reported(link: Link, report: ConnectorReport, receivedAt: number): void {
    const plug = this.#plug(link, report.evse, report.connector)
    if (plug === undefined) return this.#worker.telemetry.count('ocpp.connector.irregular', 'one too many')
    const last = plug.report
    // that a car is there says less than what its session has told
    if (report.isOccupied === true && occupied.has(plug.rest.value)) return
    if (
      last !== undefined &&
      last.status === report.status &&
      last.errorCode === report.errorCode &&
      last.info === report.info
    )
      return
    plug.report = report
    this.#tellPlug(link, plug, { type: report.status, report, receivedAt, isFirst: last === undefined })
  }

  /** How a connector stood when it last said so; evse 0 = the station as a whole; no connector = the first of the EVSE. */
  status(link: Link, evse: number, connector?: number): ConnectorStatus | undefined {
    const isIt = (c: { readonly evse: number; readonly connector: number } | undefined): boolean =>
      c?.evse === evse && (connector === undefined || c.connector === connector)
    for (const { report } of link.plugs.values()) if (isIt(report)) return report?.status
    return link.seat.connectors.find(isIt)?.status
  }

  /** How each of its connectors stood when it last said so. */
  statuses(link: Link): readonly ConnectorStatus[] {
    const told = new Map(link.seat.connectors.map((c) => [plugKey(c.evse, c.connector), c.status] as const))
    for (const [key, { report }] of link.plugs) if (report !== undefined) told.set(key, report.status)
    return [...told.values()]
  }

  /** What an order has taught us of the station: its connectors know what they are kept for. */
  learnt(link: Link, changes: readonly MirrorChange[]): void {
    for (const change of changes) {
      link.record = withPassword(link.record, change)
      if (change.type === 'reserved') this.#hold(link, change.evse, change.id)
      if (change.type !== 'reservation.cancelled') continue
      for (const plug of link.plugs.values()) this.#tellPlug(link, plug, { type: 'freed', reservation: change.id })
    }
  }

  #hold(link: Link, evse: number, reservation: number): void {
    const plug = evse > 0 ? this.#plug(link, evse) : undefined
    if (plug !== undefined) this.#tellPlug(link, plug, { type: 'held', reservation })
  }

  /** A session has begun, or tells more of itself: where it is may be told later than that it is (2.x). */
  began(link: Link, session: Session): void {
    const known = link.sessions.get(session.id)
    if (known !== undefined) {
      if (known.context.connector === 0 && session.evse > 0) {
        link.sessions.set(session.id, { ...known, context: { ...known.context, connector: session.evse } })
        this.adopted(link, session.id, session.evse)
      }
      return
    }
    const [rest, effects] = this.#sessions.start({
      session: session.id,
      connector: session.evse,
      authorization: session.authorization?.status ?? 'Invalid',
    })
    link.sessions.set(session.id, rest)
    this.#worker.saw('session', session.id, rest.value)
    this.#carryOut(link, effects)
    this.#worker.log.info('session started', {
      chargePoint: link.key,
      connector: session.evse,
      session: session.id,
      token: this.#worker.digest.pseudonym(session.token ?? ''),
      authorization: session.authorization?.status,
    })
  }

  ended(link: Link, session: Session, reason: string): void {
    this.#tellSession(link, session, { type: 'stopped', reason })
  }

  /** Its actor need not be kept: should a stop come all the same, it is made anew from the row. */
  inferred(link: Link, session: string, because: string): void {
    const known = link.sessions.get(session)
    if (known === undefined) return
    link.sessions.delete(session)
    noteInferred(this.#worker.trace, link, { session, because })
    const [rest, effects] = this.#sessions.send(known, { type: 'inferred', because })
    this.#worker.saw('session', session, rest.value)
    this.#carryOut(link, effects)
  }

  /** Notes that an order waits for this action of the station; a report comes in several of them. */
  await(ref: ChargePointRef, action: string, until: number, isReport = false): void {
    const key = refKey(ref)
    const actions = this.#awaited.get(key) ?? new Map<string, Awaited>()
    this.#awaited.set(key, actions.set(action, { until, isReport }))
    if (this.#awaited.size < mostAwaited) return
    for (const [other, waiting] of this.#awaited)
      if ([...waiting.values()].every(({ until: end }) => end < this.#worker.clock.now())) this.#awaited.delete(other)
  }

  awaits(link: Link, action: string): boolean {
    const actions = this.#awaited.get(link.key)
    const awaited = actions?.get(action)
    if (actions === undefined || awaited === undefined || awaited.isReport) return false
    actions.delete(action)
    if (actions.size === 0) this.#awaited.delete(link.key)
    return true
  }

  #isAtEase(link: Link): boolean {
    const state = link.chargePoint?.value
    return state === 'accepted' || state === 'greeting'
  }

  #tell(link: Link, event: ChargePointEvent): void {
    if (link.chargePoint === undefined || link.chargePoint.value === 'gone') return
    if (isEnding(event.type)) link.end = event.type
    const before = link.chargePoint.value
    const [rest, effects] = this.#chargePoints.send(link.chargePoint, event)
    link.chargePoint = rest
    if (rest.value !== before) this.#worker.saw('charge-point', link.identity, rest.value)
    this.#carryOut(link, effects)
  }

  #tellPlug(link: Link, plug: Plug, event: ConnectorEvent): void {
    const before = plug.rest.value
    const [rest, effects] = this.#connectors.send(plug.rest, event)
    plug.rest = rest
    if (rest.value !== before && 'report' in event) this.#worker.saw('connector', String(event.report.evse), rest.value)
    this.#carryOut(link, effects)
  }

  #tellSession(link: Link, session: Session, event: SessionEvent): void {
    // a session that began before a restart has no actor yet: it is rebuilt from its row
    const known =
      link.sessions.get(session.id) ??
      this.#sessions.resume('charging', {
        session: session.id,
        connector: session.evse,
        authorization: session.authorization?.status ?? 'Invalid',
      })
    const [rest, effects] = this.#sessions.send(known, event)
    if (rest.value !== known.value) this.#worker.saw('session', session.id, rest.value)
    if (rest.value === 'closed') link.sessions.delete(session.id)
    else link.sessions.set(session.id, rest)
    this.#carryOut(link, effects)
  }

  /** Whether the charge point has ever spoken of this EVSE; undefined where it has spoken of none. */
  knows(link: Link, evse: number): boolean | undefined {
    if (link.plugs.size + link.seat.connectors.length === 0) return undefined
    return (
      [...link.plugs.keys()].some((plug) => evseOf(plug) === evse) || link.seat.connectors.some((c) => c.evse === evse)
    )
  }

  /** From the row where there is one (D-8); undefined for a new one beyond more than any station has. */
  #plug(link: Link, evse: number, connector = evse === 0 ? 0 : 1): Plug | undefined {
    const key = plugKey(evse, connector)
    const known = link.plugs.get(key)
    if (known !== undefined) return known
    const { connectors } = link.seat
    const stored = connectors.find((c) => c.evse === evse && c.connector === connector)
    const named = link.plugs.size + connectors.filter((c) => !link.plugs.has(plugKey(c.evse, c.connector))).length
    if (stored === undefined && named >= mostConnectors) return undefined
    const rest = stored === undefined ? this.#connectors.start({})[0] : this.#connectors.resume(stored.status, {})
    const plug = { rest }
    link.plugs.set(key, plug)
    return plug
  }

  #inherit(from: Link, to: Link): void {
    to.quirks ??= from.quirks
    for (const [key, plug] of from.plugs) to.plugs.set(key, { ...plug })
    for (const [id, session] of from.sessions) to.sessions.set(id, session)
  }

  #carryOut(link: Link, effects: readonly Effect[]): void {
    for (const effect of effects) this.#carry(link, effect.type, effect.params as EffectParams)
  }

  #carry(link: Link, effect: string, params: EffectParams): void {
    const { dialogue, timers, log } = this.#worker
    const carry = carriers[effect]
    if (carry === undefined) return log.error('nobody carries out an effect', { effect })
    carry({
      link,
      params,
      worker: this.#worker,
      asked: link.asked?.id === params.call ? link.asked : undefined,
      registry: this,
      dialogue,
      timers,
    })
  }

  /** Of the carriers: a deadline of the socket has come. */
  due(link: Link, of: 'boot'): void {
    if (!link.open) return
    // a boot that has come leaves nothing to wait for
    if (link.chargePoint?.value === 'greeting') noteDeadline(this.#worker.trace, link, of)
    this.#tell(link, { type: 'deadline', of })
  }

  adopted(link: Link, session: string, connector: number): void {
    const plug = this.#plug(link, connector)
    if (plug !== undefined) this.#tellPlug(link, plug, { type: 'adopted', session })
  }

  released(link: Link, session: string, connector: number): void {
    const plug = this.#plug(link, connector)
    if (plug !== undefined) this.#tellPlug(link, plug, { type: 'released', session })
  }

  hungUp(link: Link, code: number, reason: string): void {
    if (this.#staysAwayAfter(link, code)) link.connection.terminate()
    else link.connection.close(code, reason)
    this.#gone(link, code, reason)
  }

  /**
   * Replaced: nothing that it says counts any more, and it is closed within the second. Until then it is asked whether
   * anybody is there: a station that has moved to a new socket is not, its double is.
   */
  gaveWay(link: Link, code: number, reason: string): void {
    this.#gone(link, code, reason)
    link.connection.ping()
    // a runtime that cannot ping says at once that it was answered
    link.probed = true
    this.#worker.timers.after(probeMs, () => link.connection.close(code, reason))
  }

  /** Of one that was replaced: somebody has answered on it all the same. */
  livesOn(link: Link): void {
    link.probed = false
    if (this.#clones.note(link.key))
      this.#worker.alarm(link.seat.ref, alarms.clone, 'two sockets were alive at the same time, twice in 10 minutes')
  }

  /** Some stations come back after a broken connection only, and never after one that was closed in good order. */
  #staysAwayAfter({ record, quirks }: Link, code: number): boolean {
    if (code !== 1012 && code !== 1013) return false
    if (quirks?.staysAway === true) return true
    const vendor = (record.vendor ?? '').toLowerCase()
    const name = `${vendor}/${(record.model ?? '').toLowerCase()}`
    return this.#worker.settings.abortModels.some((model) => model === name || model === `${vendor}/*`)
  }

  #gone(link: Link, code: number, reason: string): void {
    if (!link.open) return
    noteClosed(this.#worker.trace, link, { code, reason })
    link.open = false
    for (const _ of link.held ?? []) this.#worker.telemetry.count('ocpp.frames.dropped', 'held')
    link.held = undefined
    this.#worker.caller.closed(link)
    if (this.#links.get(link.key) === link) this.#links.delete(link.key)
    this.#worker.presence.left(link, code, reason)
  }
}
