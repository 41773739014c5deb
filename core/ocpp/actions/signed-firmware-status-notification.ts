import type { SignedFirmwareStatusNotificationRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import type { FirmwareStatus } from '../../domain/progress.ts'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'

type Status16 = SignedFirmwareStatusNotificationRequest['status']

/** Every status that 1.6 knows, with or without the extension. */
export const statuses: Readonly<Record<Status16, FirmwareStatus>> = {
  Idle: 'idle',
  DownloadScheduled: 'downloadScheduled',
  Downloading: 'downloading',
  DownloadPaused: 'downloadPaused',
  Downloaded: 'downloaded',
  DownloadFailed: 'downloadFailed',
  SignatureVerified: 'signatureVerified',
  InvalidSignature: 'invalidSignature',
  InstallScheduled: 'installScheduled',
  Installing: 'installing',
  InstallRebooting: 'installRebooting',
  InstallVerificationFailed: 'installVerificationFailed',
  InstallationFailed: 'installationFailed',
  Installed: 'installed',
}

/** SignedFirmwareStatusNotification — the same for a signed update, by its request. Security whitepaper §5 (L01). */
export const SignedFirmwareStatusNotification: Action = {
  'ocpp1.6': [
    dialect('firmware', {
      request: 'SignedFirmwareStatusNotificationRequest',
      ask: ({ status, requestId }: SignedFirmwareStatusNotificationRequest) => ({
        type: 'firmware',
        status: statuses[status],
        ...(requestId !== undefined && { request: requestId }),
      }),
      answer: () => nothing,
    }),
  ],
}
