import type { SimState } from '../domain/sim.ts'
import type { UsageDay } from '../domain/usage-day.ts'

/**
 * Whoever SIM cards are bought from, in no provider's words. A SIM is named by its ICCID as core/domain/iccid.ts keeps it.
 * Answers are results, also that there is no such SIM (undefined) and that something is refused; what may work later, or
 * may have worked, is a throw: `SimUnavailable` where nothing was done for certain, `SimUnclear` where it may have been.
 * Reading changes nothing, and never throws `SimUnclear`. Not part of it: how often it may be asked (core/ports/sim-kinds.ts).
 */
export interface SimProvider {
  getSim(iccid: string): Promise<SimRecord | undefined>
  /** How it stands with the network. */
  connectivity(iccid: string): Promise<Connectivity | undefined>
  /** Days from the first to the last, both included, in order; one on which nothing was used may be missing. */
  usage(iccid: string, period: UsagePeriod): Promise<readonly UsageDay[] | undefined>
  /** A text of at most 160 characters to the device. */
  sendSms(iccid: string, text: string): Promise<SimVerdict>
  setState(iccid: string, state: 'active' | 'suspended'): Promise<SimVerdict>
  /** Has the network drop the device, so that it attaches anew. */
  reset(iccid: string): Promise<SimVerdict>
  /** What its provider has noted of it lately, the newest first, at most so many. */
  events(iccid: string, most: number): Promise<readonly SimEvent[] | undefined>
  /** All of its SIMs, some at a time; `next` is what the following page is asked for with. */
  list(cursor?: string): Promise<SimPage>
}

/** What a provider knows of a SIM. */
export interface SimRecord {
  readonly iccid: string
  readonly imsi?: string
  readonly eid?: string
  /** Of the modem that it is in. */
  readonly imei?: string
  readonly state: SimState
}

export interface SimPage {
  readonly sims: readonly SimRecord[]
  readonly next?: string
}

export interface Connectivity {
  /** `detached`: no network has it. */
  readonly attachment: 'attached' | 'detached' | 'unknown'
  /** Whether there is a connection for data now. */
  readonly dataSession: 'open' | 'none' | 'unknown'
  /** It gives no service: a limit is reached. */
  readonly isBlocked: boolean
  /** Milliseconds since 1970 UTC: since when the data session is open. */
  readonly sessionSince?: number
  /** For how long it may say `attached` of a device that is gone, in ms. */
  readonly lagMs: number
  /** What its provider calls all this, for people. */
  readonly said: string
}

/** Days of UTC, `2026-11-27`. */
export interface UsagePeriod {
  readonly from: string
  readonly to: string
}

export interface SimEvent {
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  /** For people. */
  readonly text: string
  readonly isAlert: boolean
}

/** A refusal is a result. `detail`: what the provider has said, for people. */
export type SimVerdict =
  | { readonly accepted: true; readonly detail?: string }
  | { readonly accepted: false; readonly reason: string }

/** Nothing was done: asked again later, after `retryAfterMs` where the provider says so. */
export class SimUnavailable extends Error {
  override readonly name = 'SimUnavailable'
  readonly retryAfterMs: number | undefined

  constructor(message: string, retryAfterMs?: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** It has left us, and nobody has said what became of it. */
export class SimUnclear extends Error {
  override readonly name = 'SimUnclear'
}
