import type { Json } from '../field.ts'
import type { ChargeDetailRecord } from './charge-detail-record.ts'
import type { Identification } from './identification.ts'
import type { ChargingNotification } from './notification.ts'
import type { EvseDataRecord, EvseStatusRecord } from './records.ts'
import type { OperatorFacts } from './settings.ts'

/**
 * What a CPO asks of the hub, and where (OICP 2.3; each service has a version of its own). It does not ask whether a driver
 * may stop (AuthorizeStop): what was begun with a card is ended with the same, and that the station knows itself.
 */
export type OicpRequest =
  | { readonly operation: 'evseData'; readonly action: PushAction; readonly records: readonly EvseDataRecord[] }
  | { readonly operation: 'evseStatus'; readonly action: PushAction; readonly records: readonly EvseStatusRecord[] }
  | { readonly operation: 'authorizeStart'; readonly identification: Identification; readonly evseId?: string }
  | { readonly operation: 'cdr'; readonly record: ChargeDetailRecord }
  | { readonly operation: 'notification'; readonly notification: ChargingNotification }

export type Operation = OicpRequest['operation']

/** A full load is all there is from then on; the others change what the hub has. */
export type PushAction = 'fullLoad' | 'insert' | 'update' | 'delete'

const paths: Readonly<Record<Operation, (operatorId: string) => string>> = {
  evseData: (id) => `/evsepush/v23/operators/${id}/data-records`,
  evseStatus: (id) => `/evsepush/v21/operators/${id}/status-records`,
  authorizeStart: (id) => `/charging/v21/operators/${id}/authorize/start`,
  cdr: (id) => `/cdrmgmt/v22/operators/${id}/charge-detail-record`,
  notification: () => '/notificationmgmt/v11/charging-notifications',
}

export const urlOf = (baseUrl: string, operation: Operation, operatorId: string): string =>
  baseUrl + paths[operation](encodeURIComponent(operatorId))

export const bodyOf = (request: OicpRequest, { operatorId, operatorName }: OperatorFacts): Json => {
  switch (request.operation) {
    case 'evseData':
      return {
        ActionType: request.action,
        OperatorEvseData: { OperatorID: operatorId, OperatorName: operatorName, EvseDataRecord: request.records },
      }
    case 'evseStatus':
      return {
        ActionType: request.action,
        OperatorEvseStatus: { OperatorID: operatorId, OperatorName: operatorName, EvseStatusRecord: request.records },
      }
    case 'authorizeStart':
      return {
        OperatorID: operatorId,
        Identification: request.identification,
        ...(request.evseId !== undefined && { EvseID: request.evseId }),
      }
    case 'cdr':
      return { ...request.record }
    case 'notification':
      return { ...request.notification, OperatorID: operatorId }
  }
}
