import type { Tenure } from './tenure.ts'

/** The unit that a driver sees: one or more EVSEs. It stands on a site, and a charge point serves it, rarely several. */
export interface ChargingStation {
  readonly tenant: string
  readonly id: string
  readonly site: string
  /** What is written on it. */
  readonly name?: string
  readonly changedAt: number
}

/** A station, who has owned, operated and provided it, and what holds where nobody has been named for itself. */
export interface ChargingStationView extends ChargingStation {
  /** That of its site. */
  readonly zone: string
  readonly tenures: readonly Tenure[]
  readonly siteTenures: readonly Tenure[]
}
