import type { DiagnosticsStatusNotificationRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { statuses } from './log-status-notification.ts'

/** DiagnosticsStatusNotification — how far an upload of diagnostics is. OCPP 1.6 §4.4; it names no request. */
export const DiagnosticsStatusNotification: Action = {
  'ocpp1.6': [
    dialect('log', {
      request: 'DiagnosticsStatusNotificationRequest',
      ask: ({ status }: DiagnosticsStatusNotificationRequest) => ({ type: 'log', status: statuses[status] }),
      answer: () => nothing,
    }),
  ],
}
