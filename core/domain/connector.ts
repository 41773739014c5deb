/** An outlet, in the unified statuses of all OCPP versions (handbook §3.3). */

export const connectorStatuses = [
  'unknown',
  'available',
  'preparing',
  'charging',
  'suspendedByVehicle',
  'suspendedByStation',
  'finishing',
  'reserved',
  'unavailable',
  'faulted',
] as const

export type ConnectorStatus = (typeof connectorStatuses)[number]

/** One report of a connector by its station. `at` is the station's clock when it gave one. */
export interface ConnectorReport {
  /** EVSE number; 0 is the station as a whole. In OCPP 1.6 connector n is EVSE n, connector 1. */
  readonly evse: number
  readonly connector: number
  readonly status: Exclude<ConnectorStatus, 'unknown'>
  /** No more is known than that a car is there (2.x): what its session tells says more than the status. */
  readonly isOccupied?: true
  readonly errorCode: string
  readonly info?: string
  readonly vendorId?: string
  readonly vendorErrorCode?: string
  readonly at?: number
}

/** More connectors than any charge point has; one that goes on naming new ones fills neither memory nor rows (BI-43). */
export const mostConnectors = 1_000

/** Whether no charge point can have this one: it is kept like any other, and flagged. */
export const isOddNumber = (evse: number): boolean => evse < 0 || evse > mostConnectors

const next: Readonly<Record<ConnectorStatus, string>> = {
  unknown: 'available preparing charging suspendedByVehicle suspendedByStation finishing reserved unavailable faulted',
  available: 'preparing charging suspendedByVehicle suspendedByStation reserved unavailable faulted',
  preparing: 'available charging suspendedByVehicle suspendedByStation finishing faulted',
  charging: 'available suspendedByVehicle suspendedByStation finishing unavailable faulted',
  suspendedByVehicle: 'available charging suspendedByStation finishing unavailable faulted',
  suspendedByStation: 'available charging suspendedByVehicle finishing unavailable faulted',
  finishing: 'available preparing unavailable faulted',
  reserved: 'available preparing unavailable faulted',
  unavailable: 'available preparing charging suspendedByVehicle suspendedByStation faulted',
  faulted: 'available preparing charging suspendedByVehicle suspendedByStation finishing reserved unavailable',
}

/** The matrix of OCPP 1.6 §4.9 (53 transitions, B6 by erratum 3.20). What is not in it is flagged, never refused. */
export const isRegular = (from: ConnectorStatus, to: ConnectorStatus): boolean =>
  from === to || next[from].split(' ').includes(to)
