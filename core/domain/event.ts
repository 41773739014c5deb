import { givenBack } from './export.ts'
import type { Campaign, Progress } from './campaign.ts'
import type { Cdr, Credit } from './cdr.ts'
import type { ChargePointRef } from './charge-point.ts'
import type { Session } from './session.ts'
import { energyOf } from './session.ts'
import { wattHours } from './units.ts'

/** Something that happened and that others follow: the console, operators' programs, our own caches (D-17). */
export interface DomainEvent {
  readonly tenant: string
  readonly type: EventType
  /** What it happened to: an identity, a session id, a token. */
  readonly subject: string
  readonly at: number
  readonly data: Readonly<Record<string, unknown>>
}

export const eventTypes = [
  'charge-point.registered',
  'charge-point.removed',
  'charge-point.connected',
  'charge-point.disconnected',
  'charge-point.booted',
  'charge-point.told',
  'connector.status',
  'session.started',
  'session.changed',
  'session.ended',
  'session.closed',
  'session.inferred',
  'session.orphaned',
  'cdr.held',
  'cdr.issued',
  'cdr.credited',
  'command.changed',
  'firmware.progressed',
  'log.progressed',
  'security.reported',
  'certificate.requested',
  'reservation.changed',
  'vendor.received',
  'campaign.changed',
  'token.changed',
  'api-key.changed',
  'file.received',
  'erp.refused',
  'erp.unclear',
  'statement.refused',
  'statement.unclear',
  'roaming.refused',
  'roaming.unclear',
  'security.alarm',
  'party.changed',
  'site.changed',
  'evse.changed',
  'tariff.changed',
  'roaming-partner.changed',
  'roaming.alarm',
  'roaming-command.changed',
  'tenant.changed',
  'agreement.changed',
  'sim.changed',
  'sim-command.changed',
] as const
export type EventType = (typeof eventTypes)[number]

export const chargePointEvent = (
  type: EventType,
  ref: ChargePointRef,
  at: number,
  data: DomainEvent['data'],
): DomainEvent => ({
  tenant: ref.tenant,
  type,
  subject: ref.identity,
  at,
  data: { chargePoint: ref.identity, ...data },
})

export const sessionEvent = (type: EventType, session: Session, at: number): DomainEvent => {
  const energy = energyOf(session)
  const exported = givenBack(session.exported)
  return {
    tenant: session.tenant,
    type,
    subject: session.id,
    at,
    data: {
      session: session.id,
      chargePoint: session.identity,
      evse: session.evse,
      connector: session.connector,
      state: session.state,
      energyWh: energy === undefined ? null : wattHours(energy.mwh),
      ...(exported !== undefined && { exportedWh: wattHours(exported.mwh) }),
      ...(session.stopReason !== undefined && { stopReason: session.stopReason }),
      ...(session.inferredBy !== undefined && { because: session.inferredBy }),
      ...(session.authorization !== undefined && { authorization: session.authorization.status }),
    },
  }
}

export const creditEvent = (credit: Credit, replacement: Cdr, at: number): DomainEvent => ({
  tenant: credit.tenant,
  type: 'cdr.credited',
  subject: credit.cdr,
  at,
  data: {
    cdr: credit.cdr,
    credit: credit.id,
    replacedBy: replacement.id,
    session: replacement.session,
    reason: credit.reason,
  },
})

/** Held or issued, as it is; one that is held is heard of again with everything that changes it. */
export const cdrEvent = (cdr: Cdr, at: number): DomainEvent => ({
  tenant: cdr.tenant,
  type: cdr.state === 'held' ? 'cdr.held' : 'cdr.issued',
  subject: cdr.id,
  at,
  data: {
    cdr: cdr.id,
    session: cdr.session,
    version: cdr.version,
    chargePoint: cdr.chargePoint,
    evse: cdr.evse,
    energyWh: wattHours(cdr.energyMwh),
    ...(cdr.exportedMwh !== undefined && { exportedWh: wattHours(cdr.exportedMwh) }),
    durationS: Math.round(cdr.durationMs / 1000),
    stopReason: cdr.stopReason,
    ...(cdr.priced !== undefined && { currency: cdr.priced.tariff.currency, totalCost: cdr.priced.total.gross }),
    ...(cdr.hold !== undefined && { reasons: cdr.hold.reasons.map(({ rule, detail }) => ({ rule, detail })) }),
  },
})

export const campaignEvent = (campaign: Campaign, progress: Progress, at: number): DomainEvent => {
  const { targets, waiting, ordered, succeeded, failed, notReached } = progress
  return {
    tenant: campaign.tenant,
    type: 'campaign.changed',
    subject: campaign.id,
    at,
    data: {
      campaign: campaign.id,
      name: campaign.name,
      state: campaign.state,
      reason: campaign.reason ?? null,
      targets,
      waiting,
      ordered,
      succeeded,
      failed,
      notReached,
    },
  }
}
