import type { Digest } from '../ports/digest.ts'
import type { Authorization } from './authorization.ts'
import type { Told } from './dialogue.ts'
import type { SessionEventOf } from './session-event.ts'
import type { CertificateUse } from './certificate.ts'
import type { ChargePointRef } from './charge-point.ts'
import type { Reading } from './meter.ts'
import type { MirrorChange } from './mirror.ts'
import type { FirmwareStatus, LogStatus } from './progress.ts'
import type { MilliWattHours } from './units.ts'

/**
 * What a station told us that must never be lost: it is answered only after its commit (D-2). Every fact has a key
 * made of its content (D-3, handbook/reliability.md §6.3); the OCPP message id means nothing beyond its socket.
 */
export type Fact =
  | SessionStarted
  | SessionStopped
  | SessionSampled
  | Progressed
  | SecurityReported
  | CertificateRequested
  | VendorMessage
  | SessionEvent
  | ToldFact
  | Quarantined

interface FactBase extends ChargePointRef {
  /** Content key; equal keys are the same fact. Readings have one each, and as a fact only where they have no session. */
  readonly key: string
  /** The station's clock, ms since 1970 UTC; our own where it gave none. */
  readonly at: number
  readonly receivedAt: number
  /** The frame as it came. */
  readonly wire: string
  readonly protocol: string
  /** What was untidy about it, in words for the operator: `no time zone`, `idTag longer than 20`. */
  readonly flags: readonly string[]
  /** W3C trace context of the frame, so that the jobs that follow join its trace. */
  readonly traceparent?: string | undefined
}

export interface SessionStarted extends FactBase {
  readonly kind: 'session.started'
  readonly evse: number
  readonly connector: number
  readonly token: string
  /** What the station presented, where that stood for the token: the tag of a remote start. */
  readonly presented?: string
  readonly authorization: Authorization
  /** Absent when the station does not know (−1). */
  readonly meterMwh?: MilliWattHours
  readonly reservation?: number
  /** The token may have so many sessions at once; absent = any number. */
  readonly mostSessions?: number
  /** Its time says nothing: the same content after the stop is another session (INV-12). */
  readonly clockless: boolean
}

export interface SessionStopped extends FactBase {
  readonly kind: 'session.stopped'
  /** The transaction id as the station wrote it. */
  readonly transaction: string
  readonly wireKey: string
  /** Absent when the station does not know (−1, handbook §9.3). */
  readonly meterMwh?: MilliWattHours
  readonly reason: string
  readonly token?: string
  readonly authorization?: Authorization
  readonly readings: readonly Reading[]
}

export interface SessionSampled extends FactBase {
  readonly kind: 'session.sampled'
  readonly transaction: string | undefined
  readonly wireKey: string | undefined
  readonly evse: number
  readonly connector: number
  readonly readings: readonly Reading[]
}

/** The station tells how far it is with a firmware or an upload that it was told to do. */
export type Progressed = FactBase &
  (
    | { readonly kind: 'firmware.progressed'; readonly status: FirmwareStatus; readonly request?: number }
    | { readonly kind: 'log.progressed'; readonly status: LogStatus; readonly request?: number }
  )

/** Something about the station's own safety (OCPP 1.6 security whitepaper, SecurityEventNotification). */
export interface SecurityReported extends FactBase {
  readonly kind: 'security.reported'
  readonly event: string
  readonly info?: string
}

/** The station wants a certificate for a key of its own. */
export interface CertificateRequested extends FactBase {
  readonly kind: 'certificate.requested'
  /** PKCS #10, PEM; looked at already. */
  readonly csr: string
  /** Absent = to show itself to us. */
  readonly use?: CertificateUse
  /** The station's number for it (2.1). */
  readonly request?: number
  /** Why it gets none. */
  readonly refused?: string
}

/** A message between one vendor's station and its plug-in here; kept as it came. */
export interface VendorMessage extends FactBase {
  readonly kind: 'vendor.message'
  readonly vendor: string
  readonly message?: string
  readonly data?: string
  readonly status: string
}

/**
 * One event of a session of 2.x. Its key is made of its whole content: two of one number with different content are two,
 * and the second changes nothing (INV-14).
 */
export interface SessionEvent extends FactBase, Omit<SessionEventOf, 'token' | 'at' | 'flags'> {
  readonly kind: 'session.event'
  readonly wireKey: string
  /** The token's own uid, and what was presented where that stood for it. */
  readonly token?: string
  readonly presented?: string
  readonly authorization?: Authorization
  readonly mostSessions?: number
}

/** Whatever else a station tells: it changes what is known of it, and is told to those who follow. */
export interface ToldFact extends FactBase, Pick<Told, 'topic' | 'data' | 'page' | 'progress'> {
  readonly kind: 'told'
  readonly learnt: readonly MirrorChange[]
}

/** A billing message that we refuse: its bytes are kept before the refusal is sent (INV-05). */
export interface Quarantined extends FactBase {
  readonly kind: 'quarantined'
  readonly action: string
  readonly reason: string
}

/** StartTransaction: (station, connector, idTag, meterStart, timestamp), for ever (INV-12). */
export const startedKey = (
  digest: Digest,
  start: {
    readonly evse: number
    readonly token: string
    readonly meterMwh?: number | undefined
    readonly atKey: string
  },
): string => digest.key(`started|${start.evse}|${start.token}|${start.meterMwh ?? ''}|${start.atKey}`)

/** A start that repeats one whose session is over, of a station without a clock: a fact of its own. */
export const repeatedStartKey = (digest: Digest, key: string, before: string): string =>
  digest.key(`started again|${key}|${before}`)

/** StopTransaction: (station, transaction) for a known session; for an unknown one its whole content. */
export const stoppedKey = (
  digest: Digest,
  stop: {
    readonly transaction: string
    readonly meterMwh?: number | undefined
    readonly atKey: string
    readonly reason: string
  },
): string => digest.key(`stopped|${stop.transaction}|${stop.meterMwh ?? ''}|${stop.atKey}|${stop.reason}`)

/** TransactionEvent: (transaction, seqNo) and what it says: whether a number that was used says the same is seen by it. */
export const sessionEventKey = (digest: Digest, transaction: string, seq: number, content: string): string =>
  digest.key(`event|${transaction}|${seq}|${content}`)

/** MeterValues: (EVSE, transaction, sample time, samples) per element. */
export const readingKey = (digest: Digest, evse: number, transaction: string | undefined, reading: Reading): string =>
  digest.key(`reading|${evse}|${transaction ?? ''}|${reading.atKey ?? reading.at}|${reading.text}`)

/** The EVSE in a reading's key; of numbered events, which tell theirs once and may be late with it, none. */
export const sampledAt = ({
  session,
  fact,
}: {
  readonly session: { readonly evse: number }
  readonly fact: SessionSampled | SessionStopped | SessionEvent
}): number => (fact.kind === 'session.sampled' ? fact.evse : fact.kind === 'session.event' ? 0 : session.evse)

/** Readings that belong to no session we know, as one fact: whatever the message id, the same readings are the same fact. */
export const sampledKey = (digest: Digest, { evse, transaction, at, readings }: SessionSampled): string =>
  digest.key(
    `sampled|${evse}|${transaction ?? ''}|${readings[0]?.atKey ?? at}|${readings.map(({ text }) => text).join('|')}`,
  )

/** Firmware, logs, security events, certificate requests: (kind, the station's time or our receipt, content). */
export const messageKey = (digest: Digest, kind: string, at: number, content: string): string =>
  digest.key(`${kind}|${at}|${content}`)
