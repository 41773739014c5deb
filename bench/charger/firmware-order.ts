import type {
  FirmwareStatusEnumType,
  SignedUpdateFirmwareRequest,
  UpdateFirmwareRequest,
} from 'typed-ocpp/dist/ocpp16/types.js'
import type { Job, Patience } from './transfer.ts'

/** An order to renew the firmware, and how it goes. */
export interface Update extends Job, Patience {
  readonly location: string
  readonly retrieveAt: number
  readonly installAt?: number
  /** Under which it is told of; an unsigned one of 1.6 has none. */
  readonly requestId?: number
  readonly signed?: { readonly certificate: string; readonly signature: string }
}

export const plainUpdate = ({ location, retrieveDate, ...patience }: UpdateFirmwareRequest): Update => ({
  location,
  retrieveAt: Date.parse(retrieveDate),
  isCancelled: false,
  ...patience,
})

export const signedUpdate = ({ requestId, firmware, ...patience }: SignedUpdateFirmwareRequest): Update => {
  const { location, retrieveDateTime, installDateTime, signingCertificate: certificate, signature } = firmware
  return {
    location,
    retrieveAt: Date.parse(retrieveDateTime),
    ...(installDateTime !== undefined && { installAt: Date.parse(installDateTime) }),
    requestId,
    signed: { certificate, signature },
    isCancelled: false,
    ...patience,
  }
}

/** What an unsigned update has a word for (OCPP 1.6 §7.25); a signed one has one for every step (L01). */
const plainWords = [
  'Downloading',
  'Downloaded',
  'DownloadFailed',
  'Installing',
  'Installed',
  'InstallationFailed',
] as const

export type Message = readonly [action: string, payload: object]

/** How a step is told, or nothing where there is no word for it. */
export const messageOf = ({ signed, requestId }: Update, status: FirmwareStatusEnumType): Message | undefined => {
  if (signed !== undefined) return ['SignedFirmwareStatusNotification', { status, requestId }]
  const word = plainWords.find((one) => one === status)
  return word && ['FirmwareStatusNotification', { status: word }]
}

export const idle = (isSigned: boolean): Message => [
  isSigned ? 'SignedFirmwareStatusNotification' : 'FirmwareStatusNotification',
  { status: 'Idle' },
]
