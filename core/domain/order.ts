import type { ClearCriteria } from '../charging/installed.ts'
import type { DerChoice, DerControl } from '../charging/der.ts'
import type { EnergyTransferMode } from '../charging/needs.ts'
import type { ChargingProfile, Purpose, Rates, RateUnit } from '../charging/profile.ts'
import type { CertificateHash, CertificateUse } from './certificate.ts'
import type { DisplayMessage, DisplayPriority, DisplayState } from './display-message.ts'
import type { MonitoringBase, WantedMonitor } from './monitor.ts'
import type { NetworkProfile } from './network-profile.ts'
import type { Decimal } from './decimal.ts'
import type { SessionLimits } from './session-limits.ts'
import type { StationTariff } from './station-tariff.ts'
import type { TokenType } from './token.ts'
import type { Attribute, NamedVariable, WantedValue, WantedVariable } from './variable.ts'

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
      /** The token is the reference of a payment, whose payer has no other (2.1). */
      readonly isDirectPayment?: true
      /** Told to the station once the session has begun (2.1). */
      readonly limits?: SessionLimits
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
      /** The reservation whose place it takes. */
      readonly replaces?: number
    }
  | { readonly type: 'cancelReservation'; readonly reservation: number }
  | {
      readonly type: 'setConfig'
      /** A key of 1.6, which all versions understand, or a variable of 2.x: `Component.Variable`. */
      readonly key: string
      readonly value: string
      readonly attribute?: Attribute
    }
  | { readonly type: 'getConfig'; readonly keys?: readonly string[] }
  | { readonly type: 'setVariables'; readonly variables: readonly WantedValue[] }
  | { readonly type: 'getVariables'; readonly variables: readonly WantedVariable[] }
  /** What the station has: all of it, what can be set, or how it is. */
  | {
      readonly type: 'refreshInventory'
      readonly base?: 'full' | 'configuration' | 'summary'
      /** What it runs, as it has just said; else as is known of it. */
      readonly firmware?: string
    }
  | {
      readonly type: 'getReport'
      readonly criteria?: readonly ('active' | 'available' | 'enabled' | 'problem')[]
      readonly variables?: readonly NamedVariable[]
    }
  | { readonly type: 'setMonitors'; readonly monitors: readonly WantedMonitor[] }
  | { readonly type: 'clearMonitors'; readonly ids: readonly number[] }
  | { readonly type: 'setMonitoringBase'; readonly base: MonitoringBase }
  /** Events of this severity and of more severe ones are told: 0 danger … 9 debug. */
  | { readonly type: 'setMonitoringLevel'; readonly severity: number }
  | {
      readonly type: 'getMonitors'
      readonly criteria?: readonly ('threshold' | 'delta' | 'periodic')[]
      readonly variables?: readonly NamedVariable[]
    }
  /** What a station knows of one customer: told, forgotten, or both. One of the three says who. */
  | {
      readonly type: 'customerInformation'
      readonly report: boolean
      readonly clear: boolean
      readonly token?: string
      readonly tokenType?: TokenType
      readonly certificate?: CertificateHash
      readonly customerId?: string
    }
  | ({ readonly type: 'setDisplayMessage' } & DisplayMessage)
  | {
      readonly type: 'getDisplayMessages'
      readonly ids?: readonly number[]
      readonly priority?: DisplayPriority
      readonly state?: DisplayState
    }
  | { readonly type: 'clearDisplayMessage'; readonly id: number }
  /** How the station reaches a system, kept in one of its slots; in use once that slot comes first. */
  | ({ readonly type: 'setNetworkProfile' } & NetworkProfile)
  /** The same, put first, and a reset to use it. */
  | ({ readonly type: 'moveStation' } & NetworkProfile)
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
  /** Has it report the profiles that it holds, whoever has set them; those named by id, or all that match (2.x). */
  | {
      readonly type: 'reportChargingProfiles'
      readonly evse?: number
      readonly purpose?: Purpose
      readonly stackLevel?: number
      readonly ids?: readonly number[]
      /** Who has set them: `CSO`, `EMS`, `SO`, `Other`, from 2.1 on any text. */
      readonly sources?: readonly string[]
    }
  /** A profile for the vehicle at an EVSE, made of what it has said it needs and of the limits that hold (2.x K15). */
  | { readonly type: 'scheduleCharging'; readonly evse: number }
  /** New values for a dynamic profile (2.1 K28). */
  | { readonly type: 'updateDynamicSchedule'; readonly id: number; readonly rates: Rates }
  | { readonly type: 'usePriorityCharging'; readonly session: string; readonly activate: boolean }
  /** What the vehicle of a session may do from now on (2.1 Q02). */
  | { readonly type: 'allowEnergyTransfer'; readonly session: string; readonly modes: readonly EnergyTransferMode[] }
  /** A signal of the grid's operator for automatic frequency restoration (2.1 Q08). */
  | { readonly type: 'afrrSignal'; readonly timestamp: number; readonly signal: number }
  | ({ readonly type: 'setDerControl' } & DerControl)
  | ({ readonly type: 'reportDerControls' } & Partial<DerChoice>)
  | ({ readonly type: 'clearDerControl' } & DerChoice)
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
  /** What a session costs so far, or has cost, for the station's display. */
  | {
      readonly type: 'showCost'
      readonly session: string
      /** Absent = what its tariff says. */
      readonly totalCost?: Decimal
      /** Where it is told at all, the station has it among its settings; here it guards against another's. */
      readonly currency?: string
    }
  /** Evse 0: of all. Sessions that run keep their tariff. */
  | {
      readonly type: 'setDefaultTariff'
      readonly evse: number
      readonly tariff?: StationTariff
      /** One of ours, in its newest version; where there is no `tariff`. */
      readonly tariffId?: string
    }
  | { readonly type: 'getTariffs'; readonly evse: number }
  /** Without names or an EVSE: all of them. */
  | { readonly type: 'clearTariffs'; readonly tariffs?: readonly string[]; readonly evse?: number }
  | { readonly type: 'changeTransactionTariff'; readonly session: string; readonly tariff: StationTariff }
  /** Somebody is paying for this EVSE on a web page: it waits for him so long. */
  | { readonly type: 'notifyWebPaymentStarted'; readonly evse: number; readonly timeoutS: number }
  /** A local controller fetches a firmware, and offers it to the stations behind it. */
  | {
      readonly type: 'publishFirmware'
      readonly location?: string
      readonly file?: string
      /** MD5 as 32 hexadecimal digits; of a file that was uploaded here it is computed. */
      readonly checksum?: string
      readonly retries?: number
      readonly retryIntervalS?: number
    }
  | { readonly type: 'unpublishFirmware'; readonly checksum: string }
  | {
      readonly type: 'adjustEventStream'
      readonly stream: number
      /** What is sent at the latest after so long, or with so many values. */
      readonly intervalS?: number
      readonly values?: number
      /** Twice as long as now: it cannot send all that it has. */
      readonly isSlower?: true
    }
  | { readonly type: 'getEventStreams' }
  /** Hands a charged battery out to the bearer of a token, for an empty one. */
  | { readonly type: 'requestBatterySwap'; readonly token: string }

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
