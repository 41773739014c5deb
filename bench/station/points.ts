import type { ChargingStateEnumType } from 'typed-ocpp/dist/ocpp21/types.js'
import type { startPoints } from './controllers.ts'
import type { Evse } from './evse.ts'

type Point = (typeof startPoints)[number]

/** The car and the station are one circuit, and somebody has allowed it. */
export const isPathClosed = ({ isPlugged, access, isRefused }: Evse): boolean =>
  isPlugged && access !== undefined && !isRefused

/** When each of the points at which a transaction may begin or end is the case (2.0.1 part 2 §E, TxStartPoint and TxStopPoint). */
const isAt: Readonly<Record<Point, (evse: Evse) => boolean>> = {
  ParkingBayOccupancy: ({ isParked }) => isParked,
  EVConnected: ({ isPlugged }) => isPlugged,
  Authorized: ({ access }) => access !== undefined,
  PowerPathClosed: isPathClosed,
  EnergyTransfer: ({ isFlowing }) => isFlowing,
  DataSigned: ({ isFlowing }) => isFlowing,
}

/** The points that are the case at an EVSE just now. */
export const pointsAt = (evse: Evse): ReadonlySet<string> =>
  new Set(Object.entries(isAt).flatMap(([point, isSo]) => (isSo(evse) ? [point] : [])))

export const chargingStateOf = (evse: Evse): ChargingStateEnumType => {
  if (!evse.isPlugged) return 'Idle'
  if (evse.isFlowing) return 'Charging'
  if (evse.access === undefined) return 'EVConnected'
  if (evse.isRefused || evse.isHeldBack) return 'SuspendedEVSE'
  return evse.isSated ? 'SuspendedEV' : 'EVConnected'
}
