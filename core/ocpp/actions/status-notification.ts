import type { StatusNotificationRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import type { ConnectorReport } from '../../domain/connector.ts'
import { parseInstant } from '../../domain/instant.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'

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

/** StatusNotification — how a connector stands. OCPP 1.6 §4.9; connector 0 is the station as a whole. */
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
}
