import type { Decimal } from './decimal.ts'

/** How far a session may go before its station pauses it (2.1 part 2 E16). The system has the last word, the driver may ask for less. */
export interface SessionLimits {
  /** In the currency of the station, taxes included. */
  readonly maxCost?: Decimal
  readonly maxEnergyWh?: number
  readonly maxTimeS?: number
  /** Per cent of the battery. */
  readonly maxSoC?: number
}
