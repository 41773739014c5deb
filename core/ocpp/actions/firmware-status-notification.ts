import type { FirmwareStatusNotificationRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import type { FirmwareStatusNotificationRequest as FirmwareStatusNotificationRequest2 } from 'typed-ocpp/dist/ocpp21/types.js'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { statuses } from './signed-firmware-status-notification.ts'

/** FirmwareStatusNotification — how far an update is. OCPP 1.6 §4.5, where it names no request; 2.0.1 part 2 L01. */
export const FirmwareStatusNotification: Action = {
  'ocpp1.6': [
    dialect('firmware', {
      request: 'FirmwareStatusNotificationRequest',
      ask: ({ status }: FirmwareStatusNotificationRequest) => ({ type: 'firmware', status: statuses[status] }),
      answer: () => nothing,
    }),
  ],
  ...two(
    dialect('firmware', {
      request: 'FirmwareStatusNotificationRequest',
      ask: ({ status, requestId }: FirmwareStatusNotificationRequest2) => ({
        type: 'firmware',
        status: statuses[status],
        ...(requestId !== undefined && { request: requestId }),
      }),
      answer: () => nothing,
    }),
  ),
}
