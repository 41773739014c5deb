import type { ClosedStatement } from '../../core/settlement/closed-statement.ts'
import type { DeliveryLanes, ErpTarget } from '../../core/ports/deliveries.ts'
import { closedStatement } from './closed-statement.ts'
import type { Sql } from './connect.ts'
import { deliveryLanes, type LaneKind } from './delivery-lanes.ts'
import { erpLanes } from './erp-lanes.ts'

/** Statements to the operator's books. How a target answers is one thing for them and for documents: it is away for both. */
export const statementLanes: LaneKind<ErpTarget, ClosedStatement> = {
  of: 'statement',
  job: 'statements',
  deadline: 'statement.lane',
  deliveries: 'statement_deliveries',
  attempts: 'statement_attempts',
  async lock(tx, ref) {
    const locked = await erpLanes.lock(tx, ref)
    // they may be large, and nobody waits for them: one after the other, beside the documents
    return locked && { ...locked, target: { ...locked.target, mostInFlight: 1 } }
  },
  saveLane: (tx, ref, lane) => erpLanes.saveLane(tx, ref, lane),
  documentOf: (tx, { tenant, document: id }) => closedStatement(tx, { tenant, id }),
}

export const postgresStatementLanes = (app: Sql): DeliveryLanes<ErpTarget, ClosedStatement> =>
  deliveryLanes(app, statementLanes)
