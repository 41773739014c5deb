import type {
  DiagnosticsStatusNotificationRequest,
  LogStatusNotificationRequest,
} from 'typed-ocpp/dist/ocpp16/types.js'
import type { LogStatus } from '../../domain/progress.ts'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'

type Status16 = DiagnosticsStatusNotificationRequest['status'] | LogStatusNotificationRequest['status']

/** Every status that 1.6 knows, with or without the extension. */
export const statuses: Readonly<Record<Status16, LogStatus>> = {
  Idle: 'idle',
  Uploading: 'uploading',
  Uploaded: 'uploaded',
  UploadFailed: 'uploadFailed',
  UploadFailure: 'uploadFailed',
  BadMessage: 'badMessage',
  NotSupportedOperation: 'notSupported',
  PermissionDenied: 'permissionDenied',
}

/** LogStatusNotification — how far an upload of a log is, by its request. Security whitepaper §5 (N01). */
export const LogStatusNotification: Action = {
  'ocpp1.6': [
    dialect('log', {
      request: 'LogStatusNotificationRequest',
      ask: ({ status, requestId }: LogStatusNotificationRequest) => ({
        type: 'log',
        status: statuses[status],
        ...(requestId !== undefined && { request: requestId }),
      }),
      answer: () => nothing,
    }),
  ],
}
