import type { BusinessDetails, DateTime, Open, Owner, Role } from './basics.ts'

/** How platforms find and trust each other (OCPI 2.3.0 credentials, version_information_endpoint, mod_hub_client_info). */
export interface Credentials {
  readonly token: string
  readonly url: string
  /** Country and party of the hub that this platform is (2.3.0). */
  readonly hub_party_id?: string
  readonly roles: readonly CredentialsRole[]
}

export interface CredentialsRole extends Owner {
  readonly role: Role
  readonly business_details: BusinessDetails
}

export type VersionNumber = Open<'2.0' | '2.1' | '2.1.1' | '2.2' | '2.2.1' | '2.3.0'>

export interface Version {
  readonly version: VersionNumber
  readonly url: string
}

export interface VersionDetails {
  readonly version: VersionNumber
  readonly endpoints: readonly Endpoint[]
}

export interface Endpoint {
  readonly identifier: ModuleId
  readonly role: 'SENDER' | 'RECEIVER'
  readonly url: string
}

export type ModuleId = Open<
  | 'cdrs'
  | 'chargingprofiles'
  | 'commands'
  | 'credentials'
  | 'hubclientinfo'
  | 'invoicereconciliation'
  | 'locations'
  | 'sessions'
  | 'tariffs'
  | 'tokens'
>

/** Whether a party can be reached through a hub. */
export interface ClientInfo extends Owner {
  readonly role: Role
  readonly status: 'CONNECTED' | 'OFFLINE' | 'PLANNED' | 'SUSPENDED'
  readonly last_updated: DateTime
}
