import type { ChargePointRef, Registration } from '../domain/charge-point.ts'

/** What admission must know of a registered charge point. */
export interface ChargePointRecord extends ChargePointRef {
  /** HMAC of the password under salt and pepper (D-15). Absent = it may connect without one (security profile 0, opt-in). */
  readonly verifier?: { readonly salt: Uint8Array; readonly hash: Uint8Array }
  readonly registration: Registration
  readonly blocked: boolean
  /** Its frames are kept for a look at the wire. */
  readonly traced: boolean
}

/** Read-through and batched; a negative answer is never remembered (D-20). */
export interface Credentials {
  /** Finds by tenant and identity regardless of case; answers the spelling it was registered with. */
  find(tenant: string, identity: string): Promise<ChargePointRecord | undefined>
  /** Whether it is in memory, so that finding it costs nothing. */
  isKnown(tenant: string, identity: string): boolean
  /** The next connection epoch of a charge point: larger than every one before, from PostgreSQL (D-5). */
  nextEpoch(ref: ChargePointRef): Promise<number>
}
