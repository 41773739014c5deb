import type {
  DiagnosticsStatusNotificationRequest,
  LogStatusNotificationRequest,
} from 'typed-ocpp/dist/ocpp16/types.js'
import type { LogStatusNotificationRequest as LogStatusNotificationRequest2 } from 'typed-ocpp/dist/ocpp21/types.js'
import type { LogStatus } from '../../domain/progress.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'

type WireStatus =
  | DiagnosticsStatusNotificationRequest['status']
  | LogStatusNotificationRequest['status']
  | LogStatusNotificationRequest2['status']

/** Every status that any version knows. */
export const statuses: Readonly<Record<WireStatus, LogStatus>> = {
  AcceptedCanceled: 'cancelled',
  Idle: 'idle',
  Uploading: 'uploading',
  Uploaded: 'uploaded',
  UploadFailed: 'uploadFailed',
  UploadFailure: 'uploadFailed',
  BadMessage: 'badMessage',
  NotSupportedOperation: 'notSupported',
  PermissionDenied: 'permissionDenied',
}

const uploads = dialect('log', {
  request: 'LogStatusNotificationRequest',
  ask: ({ status, requestId }: LogStatusNotificationRequest | LogStatusNotificationRequest2) => ({
    type: 'log',
    status: statuses[status],
    ...(requestId !== undefined && { request: requestId }),
  }),
  answer: () => nothing,
})

/** LogStatusNotification — how far an upload of a log is, by its request. Security whitepaper §5, 2.0.1 part 2 N01. */
export const LogStatusNotification: Action = { 'ocpp1.6': [uploads], ...two(uploads) }
