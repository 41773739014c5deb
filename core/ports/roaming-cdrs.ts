import type { PartyCode } from '../domain/party-code.ts'
import type { RoamingPartner } from '../domain/roaming-partner.ts'
import type { Json, Known } from '../roaming/field.ts'
import type { DeliveryTarget } from './deliveries.ts'

/** A partner that accounts are on their way to. */
export interface CdrTarget extends DeliveryTarget {
  readonly partner: RoamingPartner
}

/** An account for a partner, as it is sent now. */
export interface RoamingCdr {
  readonly partner: RoamingPartner
  /** Whose it is, and for whom. */
  readonly from: PartyCode
  readonly to: PartyCode
  /** Of the object. */
  readonly id: string
  /** The body: of every attempt the same, as long as the partner speaks the same version. Absent: it is not sent. */
  readonly text?: string
  /** Why it is not sent. */
  readonly fault?: string
  readonly losses: readonly { readonly pointer: string; readonly detail: string }[]
  /** Where the partner keeps it, as it has said itself. */
  readonly location?: string
  readonly attempt: number
}

/** An account as the partner reads it; `text` is absent where it cannot be said in its version. */
export type WriteCdr = (partner: RoamingPartner, cdr: Json, known: Known) => Pick<RoamingCdr, 'text' | 'losses'>

/** An account that a partner has confirmed. */
export interface ConfirmedCdr extends Pick<RoamingCdr, 'from' | 'to' | 'id' | 'location'> {
  readonly document: string
  readonly number: number
  /** The partner has confirmed it more than once: it had it no more before. */
  readonly isAnew: boolean
}

/** Accounts that a partner should have. Implementation: adapters/postgres/confirmed-cdrs.ts. */
export interface ConfirmedCdrs {
  count(tenant: string, partner: string): Promise<number>
  /** In the order of their numbers, behind this one. */
  list(
    tenant: string,
    partner: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly ConfirmedCdr[]>
  /** Has these sent anew, as they were to the byte. Answers how many that is: what is on its way already is none. */
  sendAnew(tenant: string, partner: string, documents: readonly string[], at: number): Promise<number>
}
