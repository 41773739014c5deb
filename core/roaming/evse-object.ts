import type { ChargingStation } from '../domain/charging-station.ts'
import type { Evse } from '../domain/evse.ts'
import type { Outlet } from '../domain/outlet.ts'
import { connectorObject } from './connector-object.ts'
import { dateTime } from './date-time.ts'
import type { Capability, Evse as EvseObject, Status } from './model.ts'

/** An EVSE with what is known of it now. */
export interface EvseNow {
  readonly evse: Evse
  /** Absent where it has none any more. */
  readonly station?: Pick<ChargingStation, 'name' | 'changedAt'>
  readonly status: Status
  /** Since when it has that, ms; absent: nothing was ever told. */
  readonly statusSince?: number
  readonly capabilities?: readonly Capability[]
  /** Ids of the tariffs that are in force at an outlet, and when that changed last. */
  readonly tariffs?: (outlet: Outlet) => readonly string[]
  readonly tariffsChangedAt?: number
}

/** When something about an EVSE changed last, ms: what is not shown to partners does not count. */
export const evseChangedAt = ({ evse, station, statusSince = 0, tariffsChangedAt = 0 }: EvseNow): number =>
  Math.max(evse.changedAt, station?.changedAt ?? 0, statusSince, tariffsChangedAt)

/** An EVSE (OCPI 2.3.0 mod_locations); undefined where it has no connectors, which is none. */
export const evseObject = (now: EvseNow): EvseObject | undefined => {
  const { evse, station, status, capabilities = [], tariffs = () => [], tariffsChangedAt = 0 } = now
  if (evse.outlets.length === 0) return undefined
  const builtAt = dateTime(Math.max(evse.changedAt, tariffsChangedAt))
  return {
    uid: evse.uid,
    ...(evse.evseId !== undefined && { evse_id: evse.evseId }),
    status,
    ...(capabilities.length > 0 && { capabilities }),
    connectors: evse.outlets.map((outlet) => connectorObject(outlet, tariffs(outlet), builtAt)),
    ...(station?.name !== undefined && { physical_reference: station.name }),
    last_updated: dateTime(evseChangedAt(now)),
  }
}
