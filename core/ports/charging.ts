import type { Charging } from '../charging/composite.ts'
import type { ChargePointRef } from '../domain/charge-point.ts'

/** What is known of a station's charging, as one of its EVSEs sees it; 0: the station. */
export type ChargingOf = (ref: ChargePointRef, evse: number) => Promise<Charging>
