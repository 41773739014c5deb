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

/** A firmware that a local controller publishes to the stations behind it. */
const publicationStatuses = [
  'idle',
  'downloadScheduled',
  'downloading',
  'downloadPaused',
  'downloaded',
  'downloadFailed',
  'checksumVerified',
  'invalidChecksum',
  'published',
  'publishFailed',
] as const
export type PublicationStatus = (typeof publicationStatuses)[number]

/** A battery that is swapped for another: an empty one comes in, a charged one goes out, or nobody takes it. */
export type SwapStatus = 'in' | 'out' | 'outTimeout'

/** How far a station is with what it does under a number of ours, where that is told among all else (`Told`). */
export type Progress =
  | { readonly of: 'publication'; readonly request?: number; readonly status: PublicationStatus }
  | { readonly of: 'batterySwap'; readonly request: number; readonly status: SwapStatus }

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

const publicationVerdicts: Readonly<Partial<Record<PublicationStatus, Verdict>>> = {
  idle: 'idle',
  published: 'succeeded',
  downloadFailed: 'failed',
  invalidChecksum: 'failed',
  publishFailed: 'failed',
}
const swapVerdicts: Readonly<Record<SwapStatus, Verdict>> = { in: 'goesOn', out: 'succeeded', outTimeout: 'failed' }

/** As with firmware: a failed download is not the end where it may be tried again. */
export const verdictOn = (progress: Progress, mayRetry: boolean): Verdict => {
  if (progress.of === 'batterySwap') return swapVerdicts[progress.status]
  return progress.status === 'downloadFailed' && mayRetry
    ? 'goesOn'
    : (publicationVerdicts[progress.status] ?? 'goesOn')
}
