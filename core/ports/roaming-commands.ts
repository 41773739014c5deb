import type { AskedCommand, RoamingCommand } from '../domain/roaming-command.ts'
import type { AuditActor } from '../domain/audit.ts'
import type { ChargePointRef } from '../domain/charge-point.ts'
import type { ConnectorStatus } from '../domain/connector.ts'
import type { Outlet } from '../domain/outlet.ts'
import type { PartyCode } from '../domain/party-code.ts'
import type { OcpiVersion, RoamingPartner } from '../domain/roaming-partner.ts'
import type {
  CancelReservation,
  ChargingPreferences,
  ChargingProfile,
  CommandResponseType,
  ReserveNow,
  StartSession,
  StopSession,
  Token as TokenObject,
  UnlockConnector,
} from '../roaming/model.ts'
import type { Page, PageRequest } from './store.ts'

/** What a partner wants of a charging station of ours, read and found to be in order. */
export type Wish =
  | ({ readonly type: 'START_SESSION' } & StartSession)
  | ({ readonly type: 'STOP_SESSION' } & StopSession)
  | ({ readonly type: 'RESERVE_NOW' } & ReserveNow)
  | ({ readonly type: 'CANCEL_RESERVATION' } & CancelReservation)
  | ({ readonly type: 'UNLOCK_CONNECTOR' } & UnlockConnector)
  | (ProfileWishBase & { readonly type: 'SET_PROFILE'; readonly charging_profile: ChargingProfile })
  /** `duration` in seconds. */
  | (ProfileWishBase & { readonly type: 'GET_PROFILE'; readonly duration: number })
  | (ProfileWishBase & { readonly type: 'CLEAR_PROFILE' })

interface ProfileWishBase {
  readonly session_id: string
  readonly response_url: string
}

/** Who wants it, and how it was said. */
export interface Wisher {
  readonly partner: RoamingPartner
  readonly version: OcpiVersion
  readonly from?: PartyCode
  readonly to?: PartyCode
  /** X-Request-ID. */
  readonly request?: string
}

/** What the partner is answered at once. */
export type Granted =
  | {
      readonly type: 'answered'
      readonly result: CommandResponseType | 'TOO_OFTEN'
      readonly timeoutS: number
      /** For people. */
      readonly why?: string
    }
  /** 2003: no such location, or none of its EVSEs is that. */
  | { readonly type: 'unknownLocation'; readonly why: string }
  /** 2001: something is missing. */
  | { readonly type: 'incomplete'; readonly why: string }
  /** A request of this id was taken already (S-25). */
  | { readonly type: 'replayed' }

/** What an EVSE can be told to do for whoever wants to charge in a way of his own. */
export type Preferred =
  | 'ACCEPTED'
  | 'DEPARTURE_REQUIRED'
  | 'ENERGY_NEED_REQUIRED'
  | 'NOT_POSSIBLE'
  | 'PROFILE_TYPE_NOT_SUPPORTED'

/** Takes what partners want of charging stations of ours. Implementation: actors/roaming-commands.ts. */
export interface RoamingCommandDesk {
  take(wish: Wish, by: Wisher): Promise<Granted>
  /** How a driver of the partner's wants to charge; `unable`: its EVSE has no ear for it; `unknown`: no such session. */
  prefer(
    session: string,
    preferences: ChargingPreferences,
    by: Pick<Wisher, 'partner'>,
  ): Promise<Preferred | 'unable' | 'unknown'>
}

export interface CommandRef {
  readonly tenant: string
  readonly id: string
}

/** What partners want of us. Implementation: adapters/postgres/roaming-commands.ts. */
export interface RoamingCommandStore {
  /** With its audit entry; false where a request of the same id was taken less than a day before. */
  create(command: RoamingCommand, about: { readonly label: string; readonly shown: object }): Promise<boolean>
  find(ref: CommandRef): Promise<RoamingCommand | undefined>
  /** In one commit under its lock; undefined where `decide` says that nothing changes. */
  change(
    ref: CommandRef,
    decide: (command: RoamingCommand) => RoamingCommand | undefined,
  ): Promise<RoamingCommand | undefined>
  /** Of all tenants: those that something can be done about now, those first that have waited longest. */
  due(now: number, limit: number): Promise<readonly CommandRef[]>
  /** The newest one with which a partner has reserved under this name. */
  reserved(tenant: string, partner: string, reservation: string): Promise<RoamingCommand | undefined>
  /** The newest one with which it has cancelled what it calls so. */
  cancelled(tenant: string, partner: string, reservation: string): Promise<RoamingCommand | undefined>
  /** One of this type about a session that waits for what its station makes of it. */
  underWay(tenant: string, session: string, type: RoamingCommand['type']): Promise<RoamingCommand | undefined>
  /** Whose command an order carries out; undefined: nobody's. */
  partnerOf(tenant: string, order: string): Promise<string | undefined>
}

/** A partner has sent a driver of its own to a charge point: there his token needs nobody's word for a while. */
export interface Grant extends ChargePointRef {
  readonly partner: string
  /** The order that it became. */
  readonly order: string
  readonly token: TokenObject
  readonly at: number
  /** `authorization_reference` of its session and CDR. */
  readonly reference?: string
}

/** Implementation: adapters/postgres/command-grants.ts. */
export interface CommandGrants {
  grant(grant: Grant): Promise<void>
}

/** An EVSE as a partner can point at it. */
export interface Target {
  readonly uid: string
  /** Absent: it is nowhere at the moment. */
  readonly plug?: { readonly chargePoint: string; readonly evse: number }
  readonly outlets: readonly Outlet[]
  readonly isOnline: boolean
  readonly status: ConnectorStatus
  /** START_SESSION_CONNECTOR_REQUIRED. */
  readonly needsConnector: boolean
}

/** Implementation: adapters/command-targets.ts. */
export interface CommandTargets {
  /** The EVSEs of a location of ours, by their uids; undefined where this partner is shown none of this name. */
  of(location: {
    readonly tenant: string
    readonly partner: string
    readonly id: string
    readonly owner?: PartyCode
  }): Promise<readonly Target[] | undefined>
}

/** Tokens of partners that came with commands. */
export interface PresentedTokens {
  /** Keeps one that nobody has told us of as its partner's; false where its uid is another issuer's here. */
  keep(partner: RoamingPartner, token: TokenObject, at: number): Promise<boolean>
}

/** What an operator, or a driver's app, wants of a charging station of a partner's. */
export interface Request {
  readonly tenant: string
  readonly partner: string
  readonly type: AskedCommand['type']
  /** Of our model, without the address of its result. */
  readonly body: Readonly<Record<string, unknown>>
  readonly from?: PartyCode
  readonly to?: PartyCode
  readonly by: AuditActor
}

/** Has partners do something, and keeps what came of it. Implementation: actors/asked-commands.ts. */
export interface AskDesk {
  /** Answers when the partner has, or is known not to. */
  ask(request: Request): Promise<AskedCommand>
  /** Waits until there is a result, but no longer than `ms`. */
  wait(command: AskedCommand, ms: number): Promise<AskedCommand>
  /** A partner has told a result, at an address of ours; false: it is no address of one of its commands. */
  heard(
    at: { readonly tenant: string; readonly partner: string; readonly address: string },
    told: { readonly result: string; readonly reason?: string },
  ): Promise<boolean>
}

/** What we want of partners. Implementation: adapters/postgres/asked-commands.ts. */
export interface AskedCommandStore {
  /** With its audit entry. */
  create(command: AskedCommand, by: AuditActor): Promise<void>
  find(ref: CommandRef): Promise<AskedCommand | undefined>
  /** By the hash of the address that its result goes to. */
  at(tenant: string, addressHash: string): Promise<AskedCommand | undefined>
  /** Newest first. */
  list(tenant: string, partner: string, page: PageRequest): Promise<Page<AskedCommand>>
  /** In one commit with its event; undefined where `decide` says that nothing changes. */
  change(
    ref: CommandRef,
    decide: (command: AskedCommand) => AskedCommand | undefined,
  ): Promise<AskedCommand | undefined>
  /** Of all tenants: those whose result is overdue. */
  overdue(now: number, limit: number): Promise<readonly CommandRef[]>
}
