import type { Protocol2 } from '../../core/ocpp/version.ts'
import type { ChargerOptions } from '../charger/options.ts'

/** `connectors` is how many EVSEs there are, each with one connector; `meterEveryS` is SampledDataCtrlr.TxUpdatedInterval. */
export interface StationOptions extends ChargerOptions {
  readonly protocol: Protocol2
  /** TxCtrlr.TxStartPoint, a list; absent = PowerPathClosed. */
  readonly startPoint?: string
  /** TxCtrlr.TxStopPoint, a list; absent = EVConnected,Authorized, which is how 1.6 has it. */
  readonly stopPoint?: string
  /** Share of the readings of a transaction taken offline that there is no room for (E04.FR.08): their numbers stay missing. */
  readonly forgets?: number
}
