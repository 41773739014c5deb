import type { SecurityProfile } from './charge-point.ts'

/** How a station reaches a system: kept by it in numbered slots, tried in the order of their priority (OCPP 2.0.1 part 2 B09). */
export interface NetworkProfile {
  readonly slot: number
  readonly url: string
  readonly securityProfile: SecurityProfile
  readonly interface: NetworkInterface
  /** Seconds after which an unanswered message of the station is lost. */
  readonly timeoutS: number
  /** What is spoken there; absent: what is spoken now. */
  readonly version?: '1.6' | '2.0.1' | '2.1'
  /** How it calls itself there, and its password (2.1). */
  readonly identity?: string
  readonly password?: string
  readonly apn?: Apn
  readonly vpn?: Vpn
}

export const networkInterfaces = [
  'Wired0',
  'Wired1',
  'Wired2',
  'Wired3',
  'Wireless0',
  'Wireless1',
  'Wireless2',
  'Wireless3',
  'Any',
] as const
/** `Any`: from 2.1 on. */
export type NetworkInterface = (typeof networkInterfaces)[number]

export const apnAuthentications = ['PAP', 'CHAP', 'NONE', 'AUTO'] as const

export interface Apn {
  readonly name: string
  readonly user?: string
  readonly password?: string
  readonly simPin?: number
  readonly preferredNetwork?: string
  readonly onlyPreferredNetwork?: boolean
  readonly authentication: (typeof apnAuthentications)[number]
}

export const vpnTypes = ['IKEv2', 'IPSec', 'L2TP', 'PPTP'] as const

export interface Vpn {
  readonly server: string
  readonly user: string
  readonly group?: string
  readonly password: string
  readonly key: string
  readonly type: (typeof vpnTypes)[number]
}
