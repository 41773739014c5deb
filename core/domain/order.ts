import type { ClearCriteria } from '../charging/installed.ts'
import type { ChargingProfile, RateUnit } from '../charging/profile.ts'
import type { CertificateHash, CertificateUse } from './certificate.ts'
import type { TokenType } from './token.ts'

/** What an operator wants of a charge point, in no version's words. A dialect puts it into OCPP's. */
export type Order =
  | {
      readonly type: 'startCharging'
      readonly evse?: number
      readonly connector?: number
      readonly token: string
      /** What it is; absent: the operator vouches for it, and the station does not ask. */
      readonly tokenType?: TokenType
      readonly groupId?: string
      /** Of this session alone. */
      readonly profile?: ProfileWish
    }
  | { readonly type: 'stopCharging'; readonly session: string }
  /** Whether messages of a session, or of any, still wait in the station to be sent. */
  | { readonly type: 'getTransactionStatus'; readonly session?: string }
  | {
      readonly type: 'reset'
      /** Soft: 2.x waits until it is idle. Resume: sessions go on afterwards (2.1). */
      readonly kind: 'hard' | 'soft' | 'resume'
      /** One EVSE alone (2.x). */
      readonly evse?: number
    }
  | { readonly type: 'unlock'; readonly evse: number; readonly connector?: number }
  | {
      readonly type: 'setAvailability'
      readonly evse: number
      readonly connector?: number
      readonly available: boolean
    }
  | {
      readonly type: 'reserve'
      readonly evse: number
      readonly connector?: number
      readonly token: string
      readonly tokenType?: TokenType
      readonly groupId?: string
      /** Any EVSE with such a connector (2.x), `cCCS2`. */
      readonly connectorType?: string
      /** Milliseconds since 1970 UTC. */
      readonly expiresAt: number
    }
  | { readonly type: 'cancelReservation'; readonly reservation: number }
  | { readonly type: 'setConfig'; readonly key: string; readonly value: string }
  | { readonly type: 'getConfig'; readonly keys?: readonly string[] }
  | { readonly type: 'rotatePassword' }
  | { readonly type: 'clearCache' }
  /** Brings the station's list to what the tokens are now; in full where that is asked for, or needed. */
  | { readonly type: 'syncLocalList'; readonly full?: boolean; readonly tokens?: readonly string[] }
  | { readonly type: 'getLocalListVersion' }
  | {
      readonly type: 'updateFirmware'
      /** Where the station fetches it; or a file that was uploaded here. */
      readonly location?: string
      readonly file?: string
      readonly retrieveAt?: number
      readonly installAt?: number
      readonly retries?: number
      readonly retryIntervalS?: number
      /** Base64 over the image, and the PEM certificate that it was made with: then the signed message is used. */
      readonly signature?: string
      readonly signingCertificate?: string
      /** What the station calls itself when it is done: a boot with it counts as the end. */
      readonly version?: string
    }
  | {
      readonly type: 'uploadLog'
      /** `dataCollector`: from 2.1 on. */
      readonly log: 'diagnostics' | 'security' | 'dataCollector'
      /** Where the station puts it; else a one-time address here. */
      readonly location?: string
      readonly from?: number
      readonly to?: number
      readonly retries?: number
      readonly retryIntervalS?: number
      /** By the message of the security extension where both could be used. */
      readonly extended?: boolean
    }
  | { readonly type: 'setChargingProfile'; readonly profile: ProfileWish }
  | ({ readonly type: 'clearChargingProfile' } & ClearCriteria)
  | {
      readonly type: 'getCompositeSchedule'
      readonly evse: number
      readonly durationS: number
      readonly unit?: RateUnit
    }
  | { readonly type: 'installCertificate'; readonly use: RootUse; readonly certificate: string }
  /** `use`: what it is; in 1.6 those of Plug & Charge are spoken of in other messages. */
  | { readonly type: 'deleteCertificate'; readonly hash: CertificateHash; readonly use?: InstalledUse }
  /** Absent = of every use that the version knows. */
  | { readonly type: 'listCertificates'; readonly use?: InstalledUse; readonly uses?: readonly InstalledUse[] }
  /** Asks for a certificate request; the effect is the certificate in its place. Absent = the one it shows to us. */
  | { readonly type: 'renewCertificate'; readonly use?: Exclude<CertificateUse, 'both'> }
  /** The answer to a certificate request: PEM, the station's own first. */
  | {
      readonly type: 'deliverCertificate'
      readonly chain: string
      readonly serial: string
      readonly use?: CertificateUse
      /** The station's number for its request (2.1). */
      readonly request?: number
    }
  | {
      readonly type: 'trigger'
      readonly message: string
      readonly evse?: number
      readonly connector?: number
      readonly extended?: boolean
      /** A trigger of the station's own (2.1); `message` says what for. */
      readonly custom?: string
    }
  | { readonly type: 'vendorCall'; readonly vendor: string; readonly message?: string; readonly data?: string }

export type OrderType = Order['type']

/** A charging profile before it is sent: its id may be ours to choose, its transaction is that of the session it finds. */
export type ProfileWish = Omit<ChargingProfile, 'id' | 'transaction'> & { readonly id?: number }

/**
 * Whose root a certificate is: of this system, or of the maker, who signs firmware; in Plug & Charge of the charging
 * infrastructure, of mobility operators, or of car makers (2.1).
 */
export const rootUses = ['centralSystem', 'manufacturer', 'v2g', 'mo', 'oem'] as const
export type RootUse = (typeof rootUses)[number]

/** What a station may have beside roots: the certificate that it shows to vehicles. */
export const installedUses = [...rootUses, 'v2gChain'] as const
export type InstalledUse = (typeof installedUses)[number]
