import type { StatusNotificationRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import type { StatusNotificationRequest as StatusNotificationRequest2 } from 'typed-ocpp/dist/ocpp21/types.js'
import type { ConnectorReport } from '../../domain/connector.ts'
import { parseInstant } from '../../domain/instant.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { standing } from './availability-state.ts'

const statuses: Readonly<Record<string, ConnectorReport['status']>> = {
  Available: 'available',
  Preparing: 'preparing',
  Charging: 'charging',
  SuspendedEV: 'suspendedByVehicle',
  SuspendedEVSE: 'suspendedByStation',
  Finishing: 'finishing',
  Reserved: 'reserved',
  Unavailable: 'unavailable',
  Faulted: 'faulted',
}

/** StatusNotification — how a connector stands. OCPP 1.6 §4.9; connector 0 is the station as a whole. 2.0.1 part 2 G01. */
export const StatusNotification: Action = {
  'ocpp1.6': [
    dialect('status', {
      request: 'StatusNotificationRequest',
      leniency: 'texts',
      ask: (request: StatusNotificationRequest) => {
        const at = request.timestamp === undefined ? undefined : parseInstant(request.timestamp)?.ms
        return {
          type: 'status',
          report: {
            evse: request.connectorId,
            connector: request.connectorId === 0 ? 0 : 1,
            status: statuses[request.status] ?? 'faulted',
            errorCode: request.errorCode,
            ...(request.info !== undefined && request.info !== '' && { info: clean(request.info) }),
            ...(request.vendorId !== undefined && { vendorId: clean(request.vendorId) }),
            ...(request.vendorErrorCode !== undefined && { vendorErrorCode: clean(request.vendorErrorCode) }),
            ...(at !== undefined && { at }),
          },
        }
      },
      answer: () => nothing,
    }),
  ],
  ...two(
    dialect('status', {
      request: 'StatusNotificationRequest',
      leniency: 'texts',
      ask: (request: StatusNotificationRequest2) => ({ type: 'status', report: reportOf(request) }),
      answer: () => nothing,
    }),
  ),
}

const reportOf = ({ timestamp, connectorStatus, evseId, connectorId }: StatusNotificationRequest2): ConnectorReport => {
  const at = parseInstant(timestamp)?.ms
  return { evse: evseId, connector: connectorId, ...standing(connectorStatus), ...(at !== undefined && { at }) }
}
