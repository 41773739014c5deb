import type { ChargePointRef } from '../domain/charge-point.ts'
import type { Session } from '../roaming/model.ts'
import type { ChargeDetailRecord, HubSession } from '../roaming/oicp/charge-detail-record.ts'
import type { HubEvse } from '../roaming/oicp/evse-data-record.ts'
import type { Shown } from '../roaming/oicp/identification.ts'
import type { Told } from '../roaming/oicp/notification.ts'
import type { EvseDataRecord, EvseStatusRecord } from '../roaming/oicp/records.ts'
import type { StatusCode } from '../roaming/oicp/status-code.ts'
import type { PartnerRef } from './roaming-partners.ts'

/** What is done for a hub that speaks OICP, each in one line: the pushes of one operation are never parallel (OICP 2.3). */
export const lanes = ['survey', 'evseData', 'evseStatus', 'cdr', 'notification'] as const
export type LaneName = (typeof lanes)[number]

export interface HubLane {
  /** The next push is of everything. */
  readonly isFull: boolean
  /** How often it has failed since it has last gone well. */
  readonly faults: number
}

export interface Holder {
  /** The process. */
  readonly by: string
  readonly now: number
  readonly until: number
}

/** Up to which revision of our published objects everything is taken. */
export interface Cursors {
  readonly locations: number
  readonly sessions: number
  readonly cdrs: number
}

/** What a hub is to be told of an EVSE: all of it, or that it is gone. */
export interface EvseToTell {
  readonly evseId: string
  readonly wanted?: EvseDataRecord
  readonly told?: EvseDataRecord
}

export interface StatusToTell extends EvseStatusRecord {
  /** It has none of this EVSE yet. */
  readonly isNew: boolean
}

/** A CDR on its way to a hub. `sending`: an attempt was begun of which nobody knows whether it was heard. */
export interface HubCdr {
  readonly id: string
  readonly state: CdrState
  readonly session?: string
  readonly record?: ChargeDetailRecord
  readonly attempts: number
  readonly reason?: string
  readonly createdAt: number
}

export const cdrStates = ['waiting', 'sending', 'sent', 'refused', 'kept'] as const
export type CdrState = (typeof cdrStates)[number]

/** A process at one of our EVSEs, under the hub's name for it. */
export interface HubProcess extends HubSession {
  readonly kind: 'card' | 'remote' | 'reservation'
  readonly provider?: string
  readonly evseId?: string
  readonly createdAt: number
}

export interface Notice {
  readonly id: string
  readonly session: Session
  readonly hub: HubProcess
  readonly told?: Told
}

/** Implementation: adapters/postgres/oicp-*.ts. */
export interface OicpStore {
  /** Hubs that are registered, of all tenants. */
  hubs(): Promise<readonly PartnerRef[]>
  /** Undefined where another process looks after it, or it is paused. */
  hold(ref: PartnerRef, lane: LaneName, holder: Holder): Promise<HubLane | undefined>
  release(ref: PartnerRef, lane: LaneName, after: LaneAfter): Promise<void>
  /** The next pushes are of everything, whatever the hub is known to have. */
  reload(ref: PartnerRef): Promise<void>

  cursors(ref: PartnerRef): Promise<Cursors>
  /** In one commit with the cursor: what a hub is to have of these locations; each as it is named among ours. */
  takeLocations(
    ref: PartnerRef,
    revision: number,
    locations: readonly { readonly location: string; readonly evses: readonly HubEvse[] }[],
  ): Promise<void>
  takeCdrs(
    ref: PartnerRef,
    revision: number,
    cdrs: readonly Pick<HubCdr, 'id' | 'state' | 'session' | 'record' | 'reason'>[],
    at: number,
  ): Promise<void>
  takeSessions(
    ref: PartnerRef,
    revision: number,
    sessions: readonly { readonly hubSession: string; readonly session: Session }[],
    at: number,
  ): Promise<void>

  evsesToTell(ref: PartnerRef, limit: number): Promise<readonly EvseToTell[]>
  /** All that it is to have and has not refused. */
  allEvses(ref: PartnerRef): Promise<readonly EvseDataRecord[]>
  evsesTold(ref: PartnerRef, evses: readonly EvseToTell[]): Promise<void>
  /** It has these, and no others. */
  fullyTold(ref: PartnerRef, evses: readonly EvseDataRecord[]): Promise<void>
  evseRefused(ref: PartnerRef, evse: EvseToTell, reason: string): Promise<void>
  statusesToTell(ref: PartnerRef, limit: number): Promise<readonly StatusToTell[]>
  /** Of all EVSEs that it has. */
  allStatuses(ref: PartnerRef): Promise<readonly EvseStatusRecord[]>
  statusesTold(ref: PartnerRef, statuses: readonly EvseStatusRecord[]): Promise<void>

  /** The oldest that is due. */
  nextCdr(ref: PartnerRef, now: number): Promise<HubCdr | undefined>
  changeCdr(
    ref: PartnerRef,
    id: string,
    change: {
      readonly state: CdrState
      readonly at: number
      readonly nextAt?: number
      readonly reason?: string
      readonly isAttempt?: true
    },
  ): Promise<void>

  nextNotice(ref: PartnerRef, now: number): Promise<Notice | undefined>
  /** Undefined: there is nothing more to be told of it. */
  noticed(ref: PartnerRef, notice: Notice, told: Told | undefined, nextAt: number | undefined): Promise<void>

  /**
   * False where it is there already: hubs say the same again where they had no answer. What was reserved before becomes what
   * is begun from afar.
   */
  begin(ref: PartnerRef, process: HubProcess): Promise<boolean>
  process(ref: PartnerRef, session: string): Promise<HubProcess | undefined>
  /** The order that a process became, where it was begun from afar: the newest of this type. */
  orderOf(ref: PartnerRef, session: string, type: 'startCharging' | 'reserve'): Promise<string | undefined>
  /** Our session that is of the hub's. */
  sessionOf(ref: PartnerRef, session: string): Promise<string | undefined>
  /** The plug of an EVSE that the hub has of us. */
  plugOf(ref: PartnerRef, evseId: string): Promise<(ChargePointRef & { readonly evse: number }) | undefined>
  evseIdOf(tenant: string, uid: string): Promise<string | undefined>
  /** What is on its way, and what was refused, for operators. */
  overview(ref: PartnerRef): Promise<HubOverview>
}

export interface LaneAfter {
  readonly by: string
  readonly faults: number
  readonly reason?: string
  readonly pausedUntil?: number
  readonly isFull?: boolean
}

export interface HubOverview {
  readonly lanes: readonly {
    readonly lane: LaneName
    readonly faults: number
    readonly reason?: string
    readonly pausedUntil?: number
  }[]
  readonly evses: {
    readonly told: number
    readonly toTell: number
    readonly refused: readonly { readonly evseId: string; readonly reason: string }[]
  }
  readonly cdrs: Readonly<Record<CdrState, number>>
  /** Those that will not be sent (again), the newest first. */
  readonly unsent: readonly {
    readonly id: string
    readonly session?: string
    readonly state: CdrState
    readonly reason: string
  }[]
}

/** What an EMP wants of one of our EVSEs through the hub. */
export interface HubWish {
  readonly session: string
  readonly empSession?: string
  readonly provider: string
  readonly evseId: string
}
export type HubDriver = HubWish & { readonly shown: Shown }

/** Orders for hubs; each answers what came of it before the hub stops waiting. Implementation: adapters/oicp-orders.ts. */
export interface HubOrders {
  start(ref: PartnerRef, wish: HubDriver): Promise<StatusCode>
  stop(ref: PartnerRef, wish: HubWish): Promise<StatusCode>
  reserve(ref: PartnerRef, wish: HubDriver & { readonly minutes: number }): Promise<StatusCode>
  cancel(ref: PartnerRef, wish: HubWish): Promise<StatusCode>
}
