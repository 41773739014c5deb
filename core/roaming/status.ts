import type { ConnectorStatus } from '../domain/connector.ts'
import type { EvseState } from '../domain/evse.ts'
import type { Status } from './model.ts'

/** What is known of an EVSE when its status is told. */
export interface Known {
  readonly state: EvseState
  /** Of its connectors; empty where it has no plug, or nothing was told. */
  readonly connectors: readonly ConnectorStatus[]
  /** Of its charging station as a whole (EVSE 0), where that was told. */
  readonly station?: ConnectorStatus
  /** Its charging station has been away for so long that what it told last says nothing any more. */
  readonly isAway: boolean
}

/** Statuses of one connector in the words of OCPI (handbook/roaming.md §11.2). */
const words: Readonly<Record<ConnectorStatus, Status>> = {
  unknown: 'UNKNOWN',
  available: 'AVAILABLE',
  preparing: 'CHARGING',
  charging: 'CHARGING',
  suspendedByVehicle: 'CHARGING',
  suspendedByStation: 'CHARGING',
  finishing: 'CHARGING',
  reserved: 'RESERVED',
  unavailable: 'INOPERATIVE',
  faulted: 'OUTOFORDER',
}

/** An EVSE serves one vehicle at a time: one connector in use is the EVSE in use, one that is free is enough for the next. */
const precedence: readonly Status[] = ['CHARGING', 'RESERVED', 'AVAILABLE', 'INOPERATIVE', 'OUTOFORDER', 'UNKNOWN']

/** The status of an EVSE (OCPI 2.3.0 mod_locations, Status). */
export const statusOf = ({ state, connectors, station, isAway }: Known): Status => {
  if (state === 'planned') return 'PLANNED'
  if (state === 'removed') return 'REMOVED'
  if (isAway) return 'UNKNOWN'
  const told = new Set(connectors.map((status) => words[status]))
  const status = precedence.find((one) => told.has(one)) ?? 'UNKNOWN'
  // whoever charges already goes on
  if (status === 'CHARGING') return status
  return station === 'faulted' || station === 'unavailable' ? words[station] : status
}
