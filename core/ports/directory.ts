import type { ChargePointRef } from '../domain/charge-point.ts'

/** Which worker holds a charge point's socket. Rebuildable at any time (D-1); fenced by epoch (D-5). */
export interface Directory {
  /** Takes the place; answers who held it before with a lower epoch, so that its socket can be closed. */
  claim(ref: ChargePointRef, location: Location): Promise<Claim>
  /** Says again that we are there; false where somebody with a higher epoch is. */
  renew(ref: ChargePointRef, location: Location): Promise<boolean>
  /** Gives the place up, but only when it is still held under this very epoch (INV-32). */
  release(ref: ChargePointRef, location: Location): Promise<void>
  locate(ref: ChargePointRef): Promise<Location | undefined>
}

export interface Location {
  readonly worker: string
  readonly epoch: number
}

export type Claim =
  | { readonly taken: true; readonly replaced?: Location }
  /** Someone with a higher epoch is there already. */
  | { readonly taken: false; readonly holder: Location }
