import type { VehicleNeeds } from '../charging/needs.ts'
import type { Rates, Schedule } from '../charging/profile.ts'
import type { Inventory, Registration } from './charge-point.ts'
import type { Authorization } from './authorization.ts'
import type { ContractExchange, ContractExchanged } from '../ports/contract-certificates.ts'
import type { StatusAnswer, StatusEnquiry } from '../ports/certificate-status.ts'
import type { CertificateHash, CertificateUse, CertificateVerdict, StatusQuestion } from './certificate.ts'
import type { ConnectorReport } from './connector.ts'
import type { Decimal } from './decimal.ts'
import type { Reading } from './meter.ts'
import type { FirmwareStatus, LogStatus, Progress } from './progress.ts'
import type { SessionLimits } from './session-limits.ts'
import type { Company } from '../ports/vat-numbers.ts'
import type { Body, Page } from './item.ts'
import type { MirrorChange } from './mirror.ts'
import type { PresentedToken } from './token.ts'
import type { SessionEventOf } from './session-event.ts'
import type { MilliWattHours } from './units.ts'

/** What a station asks of us, in no version's words; and what we answer. A dialect translates both. */
export type Ask =
  | {
      readonly type: 'boot'
      readonly inventory: Inventory
      /** Why it has started, as it wrote it (2.x). */
      readonly reason?: string
    }
  | { readonly type: 'heartbeat' }
  | {
      readonly type: 'authorize'
      readonly token: PresentedToken
      /** The contract certificate that a vehicle has shown, PEM; where the station cannot check it itself. */
      readonly certificate?: string
      /** What to ask the certificates' issuers about. */
      readonly certificateHashes?: readonly StatusQuestion[]
      readonly evse?: number
    }
  | { readonly type: 'status'; readonly report: ConnectorReport }
  | {
      readonly type: 'session.start'
      readonly evse: number
      readonly connector: number
      readonly token: string
      /** Absent when the station does not know (−1). */
      readonly meterMwh?: MilliWattHours
      readonly at: number
      /** The same for the same time as the station wrote it, readable or not. */
      readonly atKey: string
      readonly reservation?: number
      /** The time cannot be: the station has no clock, or has lost it. */
      readonly clockless: boolean
      readonly flags: readonly string[]
    }
  | {
      readonly type: 'session.stop'
      readonly transaction: string
      readonly meterMwh?: MilliWattHours
      readonly at: number
      readonly atKey: string
      readonly reason: string
      readonly token?: string
      readonly readings: readonly Reading[]
      readonly flags: readonly string[]
    }
  | {
      readonly type: 'meter'
      readonly evse: number
      readonly connector: number
      readonly transaction: string | undefined
      readonly readings: readonly Reading[]
      readonly flags: readonly string[]
    }
  /** A vehicle says what it needs (2.x K15, K17); it is answered whether a profile follows. */
  | { readonly type: 'needs'; readonly needs: VehicleNeeds; readonly told: Told }
  /** How a vehicle means to charge: held against the limits that hold (2.x K16). */
  | {
      readonly type: 'vehicleSchedule'
      readonly evse: number
      readonly startsAt: number
      readonly schedule: Schedule
      readonly told: Told
    }
  /** The next values of a dynamic profile (2.1 K28). */
  | { readonly type: 'dynamicUpdate'; readonly profile: number }
  /** A session's event of 2.x. */
  | ({ readonly type: 'session.event' } & SessionEventOf)
  /**
   * Anything else that a station tells and we only take note of: it is kept as a fact, changes what we know of the
   * station, may be one page of a report that was asked for, and is told to whoever follows.
   */
  | ({ readonly type: 'told' } & Told)
  | { readonly type: 'firmware'; readonly status: FirmwareStatus; readonly request?: number }
  | { readonly type: 'log'; readonly status: LogStatus; readonly request?: number }
  | {
      readonly type: 'security'
      readonly event: string
      readonly at: number
      /** The same for the same time as the station wrote it. */
      readonly atKey: string
      readonly info?: string
    }
  | {
      readonly type: 'certificate'
      readonly csr: string
      readonly use: CertificateUse
      /** The station's number for it (2.1). */
      readonly request?: number
      /** The root that it must lead to (2.1). */
      readonly root?: CertificateHash
    }
  /** A vehicle wants the certificate of its contract (ISO 15118): what it says goes on as it is. */
  | ({ readonly type: 'evCertificate' } & ContractExchange)
  /** Whether a certificate still counts, in its issuer's own words. */
  | { readonly type: 'certificateStatus'; readonly question: StatusQuestion }
  /** The same of several, in ours (2.1). */
  | { readonly type: 'certificateChain'; readonly questions: readonly StatusEnquiry[] }
  | { readonly type: 'vendor'; readonly vendor: string; readonly message?: string; readonly data?: string }
  /** A payment at the station has come to its end, well or badly (2.1). */
  | ({ readonly type: 'settlement'; readonly pspRef: string; readonly isSettled: boolean } & Told)
  /** Whether this is a VAT number, for an invoice (2.1). */
  | { readonly type: 'vatNumber'; readonly number: string; readonly evse?: number }
  /** It wants to send the values of one monitor in a stream (2.1). */
  | ({ readonly type: 'stream.open'; readonly stream: number } & Told)
  | ({ readonly type: 'stream.close'; readonly stream: number } & Told)
  /** A piece of such a stream; `pending`: so many values wait in the station. */
  | ({ readonly type: 'stream.values'; readonly stream: number; readonly pending: number } & Told)

export interface Told {
  /** What it is about, as those who follow are told: `charge-point.told` with this topic. */
  readonly topic: string
  /** The station's clock where it gave one. */
  readonly at?: number
  readonly data: Body
  readonly learnt?: readonly MirrorChange[]
  readonly page?: Page
  /** How far it is with what it was told to do under a number of ours. */
  readonly progress?: Progress
  readonly flags?: readonly string[]
  /** Somebody should look at it: in words. */
  readonly alarm?: string
  /** It changes how a connector stands as well. */
  readonly reports?: readonly ConnectorReport[]
}

export interface Answers {
  readonly boot: { readonly now: number; readonly intervalS: number; readonly registration: Registration }
  readonly heartbeat: { readonly now: number }
  readonly authorize: Authorization & { readonly certificate?: CertificateVerdict }
  readonly status: object
  readonly 'session.start': { readonly transaction: string; readonly authorization: Authorization }
  readonly 'session.stop': { readonly authorization?: Authorization }
  readonly meter: object
  readonly 'session.event': {
    readonly authorization?: Authorization
    readonly totalCost?: Decimal
    readonly limits?: SessionLimits
  }
  readonly told: object
  /** `none`: it is understood, and may charge without a profile. */
  readonly needs: { readonly status: 'accepted' | 'rejected' | 'none' }
  readonly vehicleSchedule: { readonly accepted: boolean }
  /** Absent: there is no such profile, or it is none that is updated. */
  readonly dynamicUpdate: { readonly rates?: Rates }
  readonly firmware: object
  readonly log: object
  readonly security: object
  readonly certificate: { readonly accepted: boolean }
  readonly evCertificate: ContractExchanged
  /** The responder's answer, DER in base64; absent = there is none. */
  readonly certificateStatus: { readonly response?: string }
  readonly certificateChain: {
    readonly answers: readonly (StatusAnswer & { readonly question: StatusEnquiry; readonly nextUpdate: number })[]
  }
  readonly vendor: {
    readonly status: 'Accepted' | 'Rejected' | 'UnknownMessageId' | 'UnknownVendorId'
    readonly data?: string
  }
  readonly settlement: { readonly receiptUrl?: string; readonly receiptId?: string }
  readonly vatNumber: {
    readonly number: string
    readonly evse?: number
    readonly isValid: boolean
    readonly reason?: string
    readonly company?: Company
  }
  readonly 'stream.open': { readonly accepted: boolean }
  readonly 'stream.close': object
  readonly 'stream.values': object
}

export type AskOf<Type extends Ask['type']> = Extract<Ask, { readonly type: Type }>

/** Asks whose answer is a receipt: they are billing, and wait for their commit (D-2). */
export const isBilling = (type: Ask['type']): boolean =>
  type === 'session.start' || type === 'session.stop' || type === 'session.event' || type === 'meter'
