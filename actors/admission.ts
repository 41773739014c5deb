import { type Alarm, alarms } from '../core/domain/alarm.ts'
import { type ChargePointRef, identityFault, tenantFault } from '../core/domain/charge-point.ts'
import { askedHost } from '../core/domain/host-name.ts'
import { isTwo, type Protocol, negotiate } from '../core/ocpp/version.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { CertificateOf } from '../core/ports/certificates.ts'
import type { ChargePointRecord, Credentials, Opening } from '../core/ports/credentials.ts'
import type { Digest } from '../core/ports/digest.ts'
import type { Admission, UpgradeRequest } from '../core/ports/gateway.ts'
import type { Log } from '../core/ports/log.ts'
import type { OpenSessions } from '../core/ports/open-sessions.ts'
import type { Random } from '../core/ports/random.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import type { TenantDoor } from '../core/ports/tenants.ts'
import type { Timers } from '../core/ports/timers.ts'
import { type BasicAuth, matches, parseBasic } from './basic-auth.ts'
import { Budget } from './budget.ts'
import type { Gate } from './gate.ts'
import { type Coming, hasRaised, isCertified, lackOf } from './security-profile.ts'
import { parseTarget } from './target.ts'
import { Watch } from './watch.ts'

export interface AdmittedSeat {
  readonly identity: string
  readonly ref: ChargePointRef
  readonly record: ChargePointRecord
  readonly protocol: Protocol
  readonly epoch: number
  readonly connectors: Opening['connectors']
  readonly reservations: Opening['reservations']
  readonly ordersWait: boolean
  readonly address: string
}

/** An upgrade that is made only to be closed: OCPP-J's own answer to a sub-protocol nobody speaks. */
export interface ClosingSeat {
  readonly identity: string
  readonly closing: string
}

interface Parts {
  readonly credentials: Credentials
  readonly digest: Digest
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly telemetry: Telemetry
  readonly log: Log
  readonly gate: Gate
  readonly openSessions: OpenSessions
  /** Whether an address may speak for others (X-Forwarded-For, X-Forwarded-Host). */
  readonly trusts: (address: string) => boolean
  /** Absent: no host is a tenant's, and none is closed. */
  readonly tenants: TenantDoor | undefined
  readonly allowedOrigins: readonly string[]
  /** Unknown identities are answered like wrong passwords, for operators who fear enumeration (BI-01). */
  readonly uniform401: boolean
  /** Without a sub-protocol of ours: upgrade and close, as OCPP-J says, in place of 400 (BI-07). */
  readonly ocppj101Close: boolean
  readonly certificateOf: CertificateOf
  readonly alarm: (ref: ChargePointRef, alarm: Alarm, detail: string) => void
  /** Why nobody is let in just now: draining, the store is down, no room. */
  readonly closedBecause: () => string | undefined
}

type Knock = { readonly ref: ChargePointRef; readonly protocol: Protocol | undefined } & Coming

type Refused = Extract<Admission, { readonly admitted: false }>

const nothing = new Uint8Array(16)
const alarmEveryMs = 10 * 60_000
/** A station that comes more often than this is let in a little later each time, up to ten seconds (D-19). */
const pace = { perMinute: 20, stepMs: 500, mostMs: 10_000 }

/**
 * Who may open a socket, decided cheapest check first (handbook/reliability.md §6.5 a). Budgets count failures only:
 * a station that reconnects all day with the right password is never refused for it (D-19).
 */
export class Admissions {
  readonly #parts: Parts
  readonly #failures: {
    readonly identity: Budget
    readonly address: Budget
    readonly all: Budget
    readonly cooling: Budget
  }
  readonly #tooLow: Watch
  readonly #arrivals: Budget

  constructor(parts: Parts) {
    this.#parts = parts
    const budget = (perMinute: number): Budget => new Budget(parts.clock, perMinute)
    this.#failures = { identity: budget(10), address: budget(60), all: budget(1_000), cooling: budget(1) }
    this.#arrivals = budget(pace.perMinute)
    this.#tooLow = new Watch(parts.clock, 1, alarmEveryMs)
  }

  async admit(request: UpgradeRequest): Promise<Admission> {
    const admission = await this.#decide(request)
    const { telemetry, log } = this.#parts
    telemetry.count('ocpp.connect.attempts', admission.admitted ? 'admitted' : String(admission.status))
    if (!admission.admitted)
      log.warn('connection refused', { status: admission.status, reason: admission.reason, peer: request.peer })
    return admission
  }

  /** A station that floods us waits a minute before it is let in again. */
  coolDown({ tenant, identity }: ChargePointRef): void {
    this.#failures.cooling.spend(`${tenant}/${identity}`.toLowerCase())
  }

  async #decide(request: UpgradeRequest): Promise<Admission> {
    const closed = this.#parts.closedBecause()
    if (closed !== undefined) return this.#later(503, closed, 5)
    const origin = request.header('origin')
    if (origin !== undefined && !this.#parts.allowedOrigins.includes(origin))
      return refused(403, 'browsers are not let in')
    const target = parseTarget(request.target, this.#tenantAt(request))
    if (target === undefined) return refused(400, 'the path is not percent-encoded UTF-8')
    const offered = request.header('sec-websocket-protocol')?.trim() ?? ''
    const protocol = negotiate(offered)
    // who names none may be one whose operator knows what it speaks: that shows once it is known
    if (protocol === undefined && offered !== '') return this.#speechless(target.ref?.identity ?? '')
    if (
      target.ref === undefined ||
      identityFault(target.ref.identity, longestIdentity(protocol)) !== undefined ||
      tenantFault(target.ref.tenant)
    )
      return refused(404, 'no such charge point')
    const knock = { ref: target.ref, protocol, ...this.#comingOf(request) }
    const throttled = this.#isThrottled(target.ref, knock.address)
    const slowDown = (): Refused => this.#later(429, 'too many failed attempts', 20)
    // whoever guesses passwords must not lock out who knows one: what costs nothing is still looked at (D-19)
    if (throttled && !this.#isQuicklyTold(target.ref)) return slowDown()
    const { gate, openSessions } = this.#parts
    const { tenant, identity } = target.ref
    // what a path says is believed only of those whose attempts do not keep failing
    if (!(await gate.enter(throttled ? '' : tenant, !throttled && openSessions.has(tenant, identity))))
      return this.#later(503, 'too many charge points come at once', gate.appointment(), 1)
    let isInside = true
    const leave = (): void => {
      if (isInside) gate.leave()
      isInside = false
    }
    try {
      const given = parseBasic(request.header('authorization'))
      const known = await this.#authenticate(knock, given, !throttled)
      if ('admitted' in known) return throttled ? slowDown() : known
      const pauseMs = this.#paceOf(known)
      if (pauseMs > 0) {
        // who is kept waiting keeps nobody else out
        leave()
        await new Promise<void>((go) => void this.#parts.timers.after(pauseMs, go))
      }
      return await this.#seat(known, knock)
    } catch (error) {
      this.#parts.log.error('admission failed', { reason: String(error) })
      return this.#later(503, 'credentials cannot be checked now', 5)
    } finally {
      leave()
    }
  }

  async #authenticate(
    knock: Knock,
    given: BasicAuth | undefined,
    mayLookAgain: boolean,
  ): Promise<ChargePointRecord | Refused> {
    const { credentials, digest, uniform401 } = this.#parts
    const { ref, address } = knock
    const known = await credentials.find(ref.tenant, ref.identity)
    if (known === undefined) {
      // the same work as for a wrong password, so that the time taken tells nobody which identities exist
      matches(digest, { salt: nothing, hash: nothing }, given?.password ?? nothing)
      return this.#failed(ref, address, uniform401 ? unauthorised : refused(404, 'no such charge point'))
    }
    let record = known
    let shown = this.#shows(record, knock, given)
    // one that comes at once with the key it has just taken knows more than our memory; the budgets bound how often we look
    if (shown === undefined && mayLookAgain) {
      record = (await credentials.findAnew(ref.tenant, ref.identity)) ?? known
      shown = this.#shows(record, knock, given)
    }
    if (shown === undefined) return this.#failed(ref, address, unauthorised)
    const lack = lackOf(record, knock)
    if (lack !== undefined) {
      if (this.#tooLow.note(nameOf(ref))) this.#parts.alarm(refOf(record), alarms.profileTooLow, lack)
      return this.#failed(ref, address, refused(403, lack))
    }
    if (record.blocked) return refused(403, 'this charge point is blocked')
    // only who has shown that it is its charge point is told how its operator stands
    if (this.#parts.tenants?.isClosed(record.tenant) === true) return refused(403, 'its operator is closed')
    return this.#settled(record, knock, shown)
  }

  /**
   * What was open about its password or its profile is not any more, now that it has come (S-03, S-04). That it comes with
   * the old password says nothing of the new one: it may be in force after a boot only, and the answer that said so lost.
   */
  async #settled(
    record: ChargePointRecord,
    coming: Coming,
    shown: 'current' | 'next' | 'nothing',
  ): Promise<ChargePointRecord> {
    const { credentials } = this.#parts
    const { next, ...others } = record
    const { nextProfile: profile } = record
    if (profile !== undefined && hasRaised(record, profile, coming))
      await credentials.settle(record, { type: 'next profile', profile })
    if (shown !== 'next' || next === undefined) return record
    await credentials.settle(record, { type: 'next password', hash: next.hash })
    return { ...others, verifier: { salt: next.salt, hash: next.hash } }
  }

  async #seat(record: ChargePointRecord, { protocol: named, address }: Knock): Promise<Admission> {
    const { tenant, identity } = record
    const ref = { tenant, identity }
    const protocol = named ?? negotiate(record.assumeProtocol)
    if (protocol === undefined) return this.#speechless(identity)
    const opening = await this.#parts.credentials.open(ref)
    const seat: AdmittedSeat = { identity, ref, record, protocol, address, ...opening }
    // OCPP 2.x asks for permessage-deflate (part 4 §3.3), 1.6 does not know it
    const compress = isTwo(protocol)
    return { admitted: true, ...(named !== undefined && { protocol: named }), compress, seat }
  }

  /** For how many ms: who comes all the time with the right password is never refused for it, only kept waiting (D-19, INV-33). */
  #paceOf(ref: ChargePointRef): number {
    this.#arrivals.spend(nameOf(ref))
    return Math.min(pace.mostMs, Math.ceil(this.#arrivals.overdrawn(nameOf(ref))) * pace.stepMs)
  }

  /** By its password, by its certificate, or by nothing where its operator has said so (profile 0). Undefined: it is not it. */
  #shows(
    record: ChargePointRecord,
    coming: Coming,
    given: BasicAuth | undefined,
  ): 'current' | 'next' | 'nothing' | undefined {
    if (record.securityProfile === 0) return 'nothing'
    // without a certificate it is told so: not that its password is wrong
    if (record.securityProfile === 3)
      return coming.certificate === undefined || isCertified(record, coming.certificate) ? 'nothing' : undefined
    // a station that has raised itself to profile 3 has a certificate in place of its password
    if (given === undefined && record.nextProfile === 3 && hasRaised(record, 3, coming)) return 'nothing'
    if (given === undefined || given.username.toLowerCase() !== record.identity.toLowerCase()) return undefined
    const { verifier, next } = record
    if (verifier !== undefined && matches(this.#parts.digest, verifier, given.password)) return 'current'
    return next !== undefined && matches(this.#parts.digest, next, given.password) ? 'next' : undefined
  }

  #speechless(identity: string): Admission {
    const closing = 'no sub-protocol that we speak: offer ocpp2.1, ocpp2.0.1 or ocpp1.6'
    if (!this.#parts.ocppj101Close) return refused(400, closing)
    const seat: ClosingSeat = { identity, closing }
    return { admitted: true, seat }
  }

  #failed(ref: ChargePointRef, address: string, refusal: Refused): Refused {
    this.#failures.identity.spend(nameOf(ref))
    this.#failures.address.spend(address)
    this.#failures.all.spend('')
    return refusal
  }

  #isThrottled(ref: ChargePointRef, address: string): boolean {
    const { identity, address: addresses, all, cooling } = this.#failures
    const throttled =
      identity.isExhausted(nameOf(ref)) ||
      addresses.isExhausted(address) ||
      all.isExhausted('') ||
      cooling.isExhausted(nameOf(ref))
    if (throttled) this.#parts.telemetry.count('auth.throttled')
    return throttled
  }

  #isQuicklyTold(ref: ChargePointRef): boolean {
    const { tenant, identity } = ref
    return this.#parts.credentials.isKnown(tenant, identity) && !this.#failures.cooling.isExhausted(nameOf(ref))
  }

  /** Whose charge points they are that name no tenant: those of whoever has the host that is asked. */
  #tenantAt(request: UpgradeRequest): string | undefined {
    const { tenants, trusts } = this.#parts
    return tenants?.tenantAt(askedHost((name) => request.header(name), trusts(request.peer)))
  }

  /** Where it comes from and how safely; what a proxy says of it counts only where the proxy is trusted (BI-17). */
  #comingOf(request: UpgradeRequest): Coming {
    const { trusts, certificateOf } = this.#parts
    const { peer, secure } = request
    if (!trusts(peer)) return { address: peer, secure, certificate: undefined }
    const hops = (request.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
    const certificate = request.header('client-cert')
    return {
      address: hops.reverse().find((hop) => hop !== '' && !trusts(hop)) ?? peer,
      secure: secure || request.header('x-forwarded-proto')?.split(',', 1)[0]?.trim().toLowerCase() === 'https',
      certificate: certificate === undefined ? undefined : certificateOf(certificate),
    }
  }

  #later(status: number, reason: string, aboutS: number, spread = 3): Refused {
    return {
      ...refused(status, reason),
      headers: { 'retry-after': String(this.#parts.random.integer(aboutS, aboutS * spread)) },
    }
  }
}

/** 2.x takes 48 characters (2.0.1 part 4 §3.1.1); 1.6 names no limit. */
const longestIdentity = (protocol: Protocol | undefined): number =>
  protocol !== undefined && isTwo(protocol) ? 48 : 255

const refOf = ({ tenant, identity }: ChargePointRef): ChargePointRef => ({ tenant, identity })
const nameOf = ({ tenant, identity }: ChargePointRef): string => `${tenant}/${identity}`.toLowerCase()
const unauthorised: Refused = {
  admitted: false,
  status: 401,
  headers: { 'www-authenticate': 'Basic realm="ocpp"' },
  reason: 'wrong credentials',
}
const refused = (status: number, reason: string): Refused => ({ admitted: false, status, headers: {}, reason })
