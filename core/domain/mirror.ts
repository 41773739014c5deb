import type { ClearCriteria } from '../charging/installed.ts'
import type { ChargingProfile } from '../charging/profile.ts'
import type { CertificateHash } from './certificate.ts'
import type { ItemChange } from './item.ts'
import type { InstalledUse } from './order.ts'
import type { LocalList } from './local-list.ts'

/**
 * What we know of a station beside its sessions, learnt from its answers: written in the commit that files the answer, so
 * that it is never ahead of what the station said.
 */
export type MirrorChange =
  | {
      readonly type: 'configuration'
      readonly entries: readonly ConfigurationEntry[]
      /** Keys that the station says it does not have. */
      readonly unknown: readonly string[]
      /** All of its keys: what is not among them is no key of it any more. */
      readonly complete: boolean
    }
  /** A value that the station has taken; in force at once, or after its next boot. */
  | { readonly type: 'configuration.set'; readonly key: string; readonly value: string; readonly afterBoot: boolean }
  /** A list is on its way: should its answer be lost, the station's version tells whether it arrived. */
  | { readonly type: 'localList.sent'; readonly list: LocalList }
  | { readonly type: 'localList.taken'; readonly list: LocalList }
  | {
      readonly type: 'reserved'
      readonly id: number
      readonly evse: number
      readonly token: string
      readonly groupId?: string
      readonly expiresAt: number
    }
  | { readonly type: 'reservation.cancelled'; readonly id: number; readonly reason: string }
  | {
      readonly type: 'chargingProfile.installed'
      readonly profile: ChargingProfile
      /** Only the one with its id makes room for it (2.x). */
      readonly byId?: true
    }
  | { readonly type: 'chargingProfile.cleared'; readonly criteria: ClearCriteria }
  | { readonly type: 'certificates'; readonly use: InstalledUse; readonly hashes: readonly CertificateHash[] }
  | { readonly type: 'certificate.delivered'; readonly serial: string; readonly accepted: boolean }
  /**
   * A new password is on its way: from now on both count, until the new one is known to, or not to (S-04). `replaces`: the
   * hash of one that was sent before and that the station has not taken; another one that is open is never given up.
   */
  | {
      readonly type: 'password.sent'
      readonly salt: Uint8Array
      readonly hash: Uint8Array
      readonly replaces?: Uint8Array
    }
  /** The key of this hash, which was sent, has taken the old one's place; or it has not; or it will with the next boot. */
  | { readonly type: 'password'; readonly hash: Uint8Array; readonly became: 'current' | 'nothing' | 'next' }
  | { readonly type: 'securityProfile'; readonly profile: number }
  /** A newer job of its kind: the one before has been cancelled by it. */
  | { readonly type: 'supersedes'; readonly effect: 'firmware' | 'log' }
  /** It has no event of this transaction left to send: what is missing does not come any more (2.x E14). */
  | { readonly type: 'session.settled'; readonly transaction: string }
  /** It let go of a reservation by itself (2.x ReservationStatusUpdate). */
  | {
      readonly type: 'reservation.ended'
      readonly id: number
      readonly state: 'expired' | 'cancelled'
      readonly reason: string
    }
  | ItemChange

export interface ConfigurationEntry {
  readonly key: string
  readonly value?: string
  readonly readonly: boolean
}
