/** How far a station has come with what it was told to do in the background: firmware and logs (handbook §3.8). */

export const firmwareStatuses = [
  'idle',
  'downloadScheduled',
  'downloading',
  'downloadPaused',
  'downloaded',
  'downloadFailed',
  'signatureVerified',
  'invalidSignature',
  'installScheduled',
  'installing',
  'installRebooting',
  'installVerificationFailed',
  'installationFailed',
  'installed',
] as const
export type FirmwareStatus = (typeof firmwareStatuses)[number]

export const logStatuses = [
  'idle',
  'uploading',
  'uploaded',
  'uploadFailed',
  'badMessage',
  'notSupported',
  'permissionDenied',
  'cancelled',
] as const
export type LogStatus = (typeof logStatuses)[number]

export type Verdict = 'idle' | 'goesOn' | 'succeeded' | 'failed'

/** Idle says nothing of a job: it is what a station answers when it is asked and does nothing. */
const firmwareVerdicts: Readonly<Partial<Record<FirmwareStatus, Verdict>>> = {
  idle: 'idle',
  installed: 'succeeded',
  downloadFailed: 'failed',
  invalidSignature: 'failed',
  installVerificationFailed: 'failed',
  installationFailed: 'failed',
}
const logVerdicts: Readonly<Partial<Record<LogStatus, Verdict>>> = {
  idle: 'idle',
  uploading: 'goesOn',
  uploaded: 'succeeded',
}

/** A failed download may be tried again by the station where it was told to: then it is not over yet. */
export const firmwareVerdict = (status: FirmwareStatus, mayRetry: boolean): Verdict =>
  status === 'downloadFailed' && mayRetry ? 'goesOn' : (firmwareVerdicts[status] ?? 'goesOn')

export const logVerdict = (status: LogStatus): Verdict => logVerdicts[status] ?? 'failed'
