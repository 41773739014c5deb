import { type ChargePointRef, identityFault, tenantFault } from '../core/domain/charge-point.ts'
import { type Protocol, negotiate } from '../core/ocpp/version.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { ChargePointRecord, Credentials } from '../core/ports/credentials.ts'
import type { Digest } from '../core/ports/digest.ts'
import type { Admission, UpgradeRequest } from '../core/ports/gateway.ts'
import type { Log } from '../core/ports/log.ts'
import type { Random } from '../core/ports/random.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import { type BasicAuth, matches, parseBasic } from './basic-auth.ts'
import { Budget } from './budget.ts'
import { parseTarget } from './target.ts'

export interface AdmittedSeat {
  readonly identity: string
  readonly ref: ChargePointRef
  readonly record: ChargePointRecord
  readonly protocol: Protocol
  readonly epoch: number
  readonly address: string
}

interface Parts {
  readonly credentials: Credentials
  readonly digest: Digest
  readonly clock: Clock
  readonly random: Random
  readonly telemetry: Telemetry
  readonly log: Log
  /** Whether an address may speak for others (X-Forwarded-For). */
  readonly trusts: (address: string) => boolean
  readonly allowedOrigins: readonly string[]
  /** Why nobody is let in just now: draining, the store is down, no room. */
  readonly closedBecause: () => string | undefined
}

type Refused = Extract<Admission, { readonly admitted: false }>

const nothing = new Uint8Array(16)

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

  constructor(parts: Parts) {
    this.#parts = parts
    const budget = (perMinute: number): Budget => new Budget(parts.clock, perMinute)
    this.#failures = { identity: budget(10), address: budget(60), all: budget(1_000), cooling: budget(1) }
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
    const target = parseTarget(request.target)
    if (target === undefined) return refused(400, 'the path is not percent-encoded UTF-8')
    const protocol = negotiate(request.header('sec-websocket-protocol'))
    if (protocol === undefined) return refused(400, 'no sub-protocol that we speak: offer ocpp1.6')
    if (target.ref === undefined || identityFault(target.ref.identity) !== undefined || tenantFault(target.ref.tenant))
      return refused(404, 'no such charge point')
    const address = this.#addressOf(request)
    const throttled = this.#isThrottled(target.ref, address)
    const slowDown = (): Refused => this.#later(429, 'too many failed attempts', 20)
    // whoever guesses passwords must not lock out who knows one: what costs nothing is still looked at (D-19)
    if (throttled && !this.#isQuicklyTold(target.ref)) return slowDown()
    try {
      const given = parseBasic(request.header('authorization'))
      const admission = await this.#authenticate(target.ref, protocol, address, given)
      return throttled && !admission.admitted ? slowDown() : admission
    } catch (error) {
      this.#parts.log.error('admission failed', { reason: String(error) })
      return this.#later(503, 'credentials cannot be checked now', 5)
    }
  }

  async #authenticate(
    ref: ChargePointRef,
    protocol: Protocol,
    address: string,
    given: BasicAuth | undefined,
  ): Promise<Admission> {
    const { credentials, digest } = this.#parts
    const record = await credentials.find(ref.tenant, ref.identity)
    if (record === undefined) {
      // the same work as for a wrong password, so that the time taken tells nobody which identities exist
      matches(digest, { salt: nothing, hash: nothing }, given?.password ?? nothing)
      return this.#failed(ref, address, refused(404, 'no such charge point'))
    }
    const known = { tenant: record.tenant, identity: record.identity }
    if (record.verifier !== undefined) {
      const right =
        given !== undefined &&
        given.username.toLowerCase() === record.identity.toLowerCase() &&
        matches(digest, record.verifier, given.password)
      if (!right)
        return this.#failed(ref, address, {
          ...refused(401, 'wrong credentials'),
          headers: { 'www-authenticate': 'Basic realm="ocpp"' },
        })
    }
    if (record.blocked) return refused(403, 'this charge point is blocked')
    const epoch = await credentials.nextEpoch(known)
    const seat: AdmittedSeat = { identity: record.identity, ref: known, record, protocol, epoch, address }
    return { admitted: true, protocol, seat }
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

  #addressOf(request: UpgradeRequest): string {
    if (!this.#parts.trusts(request.peer)) return request.peer
    const hops = (request.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
    return hops.reverse().find((hop) => hop !== '' && !this.#parts.trusts(hop)) ?? request.peer
  }

  #later(status: number, reason: string, aboutS: number): Refused {
    return {
      ...refused(status, reason),
      headers: { 'retry-after': String(this.#parts.random.integer(aboutS, aboutS * 3)) },
    }
  }
}

const nameOf = ({ tenant, identity }: ChargePointRef): string => `${tenant}/${identity}`.toLowerCase()
const refused = (status: number, reason: string): Refused => ({ admitted: false, status, headers: {}, reason })
