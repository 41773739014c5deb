import type { ChargePointRef, Registration, SecurityProfile } from '../domain/charge-point.ts'
import type { DisplayPrice } from '../pricing/display-price.ts'
import type { ConnectorStatus } from '../domain/connector.ts'

/** What admission must know of a registered charge point. */
export interface ChargePointRecord extends ChargePointRef {
  /** HMAC of the password under salt and pepper (D-15). */
  readonly verifier?: { readonly salt: Uint8Array; readonly hash: Uint8Array }
  readonly registration: Registration
  readonly blocked: boolean
  /** Its trace is kept in the store; absent = as is usual for an installation of this size. */
  readonly traced?: boolean
  /** It has no clock to speak of: equal content says little about being the same (INV-12). */
  readonly clockless: boolean
  /** The least it must come with; absent = its password, over whatever it comes. */
  readonly securityProfile?: SecurityProfile
  /** A password that was sent to it and may be in force: both count until it has used this one (S-04). */
  readonly next?: { readonly salt: Uint8Array; readonly hash: Uint8Array; readonly afterBoot: boolean }
  /** The profile that it was told to raise itself to. */
  readonly nextProfile?: SecurityProfile
  /** What it speaks where it names no sub-protocol; absent = it is refused then (handbook §9.1). */
  readonly assumeProtocol?: string
  /** It shows drivers what their session costs, by these prices. */
  readonly displayPrice?: DisplayPrice
  /** The name of its operator in certificates; absent = any will do. */
  readonly organisation?: string
  /** What it told of itself at its last boot. */
  readonly serial?: string
  readonly vendor?: string
  readonly model?: string
  readonly firmware?: string
}

export interface KnownConnector {
  readonly evse: number
  readonly connector: number
  readonly status: ConnectorStatus
  readonly errorCode: string
  readonly info: string | null
}

/** What a new socket begins with. */
export interface Opening {
  /** Larger than every epoch before, from PostgreSQL (D-5). */
  readonly epoch: number
  /** The last known status of each connector, the newest first: actors are rebuilt from rows (D-8). */
  readonly connectors: readonly KnownConnector[]
  /** Connectors that it keeps for somebody. */
  readonly reservations: readonly { readonly id: number; readonly evse: number }[]
  /** Orders wait for it to be connected. */
  readonly ordersWait: boolean
}

/** Read-through and batched; a negative answer is never remembered (D-20). */
export interface Credentials {
  /** Finds by tenant and identity regardless of case; answers the spelling it was registered with. */
  find(tenant: string, identity: string): Promise<ChargePointRecord | undefined>
  /** As it stands now, whatever is in memory: for whoever was told of a change before we were. */
  findAnew(tenant: string, identity: string): Promise<ChargePointRecord | undefined>
  /** Whether it is in memory, so that finding it costs nothing. */
  isKnown(tenant: string, identity: string): boolean
  /** The next connection epoch of a charge point, and what is known of its connectors. */
  open(ref: ChargePointRef): Promise<Opening>
  /** It has shown that it has the new one of two passwords, or has raised its profile: from here on only that counts. */
  settle(ref: ChargePointRef, shown: Shown): Promise<void>
}

/** Which of what was open a station has shown at its connect; what has taken its place since stays open. */
export type Shown =
  | { readonly type: 'next password'; readonly hash: Uint8Array }
  | { readonly type: 'next profile'; readonly profile: SecurityProfile }
