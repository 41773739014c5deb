import type { FirmwareStatusNotificationRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { statuses } from './signed-firmware-status-notification.ts'

/** FirmwareStatusNotification — how far an update is. OCPP 1.6 §4.5; it names no request. */
export const FirmwareStatusNotification: Action = {
  'ocpp1.6': [
    dialect('firmware', {
      request: 'FirmwareStatusNotificationRequest',
      ask: ({ status }: FirmwareStatusNotificationRequest) => ({ type: 'firmware', status: statuses[status] }),
      answer: () => nothing,
    }),
  ],
}
