import type { AuditAction, AuditActor } from '../domain/audit.ts'
import type { RoamingPartner } from '../domain/roaming-partner.ts'
import type { Page, PageRequest } from './store.ts'

export interface PartnerRef {
  readonly tenant: string
  /** Its id. */
  readonly partner: string
}

/** A token that we have issued, as we keep it: what it is cannot be read again. */
export interface IssuedToken {
  /** Keyed, in hex. */
  readonly hash: string
  /** `invitation`: to register with, once (CREDENTIALS_TOKEN_A). `access`: for everything. */
  readonly use: 'invitation' | 'access'
  /** When the partner shows it for the first time, the ones issued before it are no more. */
  readonly retires: boolean
}

export interface PartnerChange {
  readonly partner: RoamingPartner
  readonly issues?: IssuedToken
  /** A token that is to retire the older ones from now on; by its hash. */
  readonly arms?: string
  /** Which of the tokens are no more: all that it could register with, all of them, or the one of this hash. */
  readonly drops?: 'invitations' | 'all' | { readonly hash: string }
}

/** Pure: what becomes of a partner; undefined where it makes no sense as it stands. */
export type DecidePartner = (partner: RoamingPartner) => PartnerChange | undefined

/** When something is done; and who has done what, for the audit log, where it was an operator. */
export interface PartnerAct {
  readonly at: number
  readonly by?: AuditActor
  readonly action?: AuditAction
}

export interface RoamingPartnerStore {
  /** False where there is one of this id, in any case. */
  create(partner: RoamingPartner, act: PartnerAct): Promise<boolean>
  find(ref: PartnerRef): Promise<RoamingPartner | undefined>
  /** By their ids. */
  list(tenant: string, page: PageRequest): Promise<Page<RoamingPartner>>
  /** In one commit: what is decided, its tokens, its event, its audit entry. Answers the partner as it then is. */
  change(ref: PartnerRef, decide: DecidePartner, act: PartnerAct): Promise<RoamingPartner | 'missing' | 'senseless'>
  /** Its tokens go with it. */
  remove(ref: PartnerRef, act: PartnerAct): Promise<boolean>
  /** Of all tenants: those whose tokens are older than this, and whom nobody has tried to give new ones since. */
  due(exchangedBefore: number, triedBefore: number): Promise<readonly PartnerRef[]>
  /** Of all tenants: the hubs that we are registered with. */
  hubs(): Promise<readonly PartnerRef[]>
  /** Whose token this is, as it stands. */
  holder(tenant: string, hash: string): Promise<TokenHolder | undefined>
  /** Its partner has shown it: what it retires is no more. */
  shown(tenant: string, hash: string, at: number): Promise<void>
}

export interface TokenHolder {
  readonly partner: RoamingPartner
  readonly issued: IssuedToken
}

/** Whose token something is, from memory after the first look (D-20). */
export interface PartnerAccess {
  find(tenant: string, hash: string): Promise<TokenHolder | undefined>
  /** What is remembered, without looking. */
  isKnown(tenant: string, hash: string): boolean
  /** Looks again. */
  renew(tenant: string, hash: string): Promise<TokenHolder | undefined>
  /** Something about partners has changed. */
  forget(): void
}

/** So many of something for each name, and then no more for a while. */
export interface Allowance {
  isExhausted(name: string): boolean
  spend(name: string): void
}

/** One request to a partner. */
export interface Wanted {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly timeoutMs: number
  /** More of an answer is not read; absent = 64 KiB. */
  readonly mostBytes?: number
  /** With what we show who we are, where the other side asks for it. */
  readonly client?: ClientIdentity
}

/** PEM texts. */
export interface ClientIdentity {
  readonly certificate: string
  readonly key: string
  /** By whom the other side's certificate must be; absent: by whom the system trusts. */
  readonly authority?: string
}

/** What came of it. `unreached`: nothing has left us. `unclear`: it has, and no answer came. */
export type Reached =
  | {
      readonly type: 'answered'
      readonly status: number
      /** By their names in lower case; absent where nobody has passed them on. */
      readonly headers?: Readonly<Record<string, string | string[] | undefined>>
      readonly text: string
      readonly isWhole: boolean
    }
  | { readonly type: 'unreached'; readonly reason: string }
  | { readonly type: 'unclear'; readonly reason: string }

/** Calls addresses that others have chosen (S-26): none that lead into our own network, and no redirects. Never throws. */
export type Reach = (wanted: Wanted) => Promise<Reached>

/** `senseless`: not in the state that the partner is in. */
export type DeskRefusal = 'missing' | 'senseless' | 'incomplete'

/** What operators do about partners; how a handshake went is in the partner's checks. */
export interface PartnerDesk {
  /** A token with which the partner registers itself at our address; the one before it is no more. Shown only here. */
  invite(ref: PartnerRef, by: AuditActor): Promise<Invitation | DeskRefusal>
  /** Registers us with the partner, at the address and with the token that it has given us, or had before. */
  connect(
    ref: PartnerRef,
    given: { readonly url?: string; readonly token?: string },
    by: AuditActor,
  ): Promise<RoamingPartner | DeskRefusal>
  /** New tokens both ways, and what it offers is looked at again; by nobody: because it is time. */
  rotate(ref: PartnerRef, by?: AuditActor): Promise<RoamingPartner | DeskRefusal>
  /** Ends it, whether the partner can be told or not. */
  unregister(ref: PartnerRef, by: AuditActor): Promise<RoamingPartner | DeskRefusal>
}

export interface Invitation {
  readonly token: string
  readonly url: string
}
