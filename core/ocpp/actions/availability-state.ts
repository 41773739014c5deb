import type { ConnectorReport } from '../../domain/connector.ts'

type Standing = Pick<ConnectorReport, 'status' | 'errorCode' | 'isOccupied'>

const standings: Readonly<Record<string, Standing>> = {
  Available: { status: 'available', errorCode: 'NoError' },
  // what goes on there is told by its session
  Occupied: { status: 'preparing', errorCode: 'NoError', isOccupied: true },
  Reserved: { status: 'reserved', errorCode: 'NoError' },
  Unavailable: { status: 'unavailable', errorCode: 'NoError' },
  // why is told by NotifyEvent
  Faulted: { status: 'faulted', errorCode: 'OtherError' },
}

/** How a connector stands by the five states of 2.x (ConnectorStatusEnumType; AvailabilityState of the device model). */
export const standing = (state: string): Standing => standings[state] ?? { status: 'faulted', errorCode: 'OtherError' }

export const isStanding = (state: string): boolean => Object.hasOwn(standings, state)
