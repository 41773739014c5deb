import type { MilliWattHours } from '../domain/units.ts'

/** What a session has used, as the tariff engine prices it: facts alone, no prices. */
export interface Usage {
  /** IANA name of the site's time zone: `Europe/Berlin`. */
  readonly zone: string
  /** In order, each where the one before ends; at least one. A reservation comes before its session. */
  readonly stretches: readonly Stretch[]
}

export const stretchKinds = ['charging', 'parking', 'reserved', 'reservationExpired'] as const
/** `parking`: the vehicle asks for no power (OCPP SuspendedEV), not merely that none flows. */
export type StretchKind = (typeof stretchKinds)[number]

/** A part of a session between two things that are known of it: energy flows evenly within it. */
export interface Stretch {
  readonly kind: StretchKind
  /** ms since 1970 UTC. */
  readonly from: number
  readonly until: number
  /** Drawn within it; negative: given back (V2X). */
  readonly energyMwh: MilliWattHours
  /** mW; absent = nobody knows, and then it is what its energy makes it. */
  readonly powerMw?: number
  /** mA, the sum of all phases; absent = nobody knows. */
  readonly currentMa?: number
}
