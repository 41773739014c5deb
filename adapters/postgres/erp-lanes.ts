import type { SealedDocument } from '../../core/domain/document.ts'
import type { DeliveryLanes, ErpTarget } from '../../core/ports/deliveries.ts'
import type { Sql } from './connect.ts'
import { deliveryLanes, type LaneKind } from './delivery-lanes.ts'
import { findDocument, laneOf, lockTarget, targetOf } from './erp-rows.ts'

/** The lanes of the operator's books. */
export const erpLanes: LaneKind<ErpTarget, SealedDocument> = {
  of: 'erp',
  job: 'erp',
  deadline: 'erp.lane',
  deliveries: 'erp_deliveries',
  attempts: 'erp_attempts',
  async lock(tx, ref) {
    const row = await lockTarget(tx, ref)
    return row && { target: targetOf(row), lane: laneOf(row), isOpen: row.enabled }
  },
  async saveLane(tx, { tenant, target }, lane) {
    await tx`update erp_targets set faults = ${lane.faults}, paused_until = at_ms(${lane.pausedUntil ?? null}::bigint)
      where tenant = ${tenant} and id = ${target}`
  },
  documentOf: (tx, { document }) => findDocument(tx, document),
}

export const postgresLanes = (app: Sql): DeliveryLanes => deliveryLanes(app, erpLanes)
