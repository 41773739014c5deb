import type { NotifyMonitoringReportRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { parseInstant } from '../../domain/instant.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { monitorItem } from './monitor.ts'
import { nameOf } from './variable.ts'

/** NotifyMonitoringReport — a page of what the station watches. 2.0.1 part 2 N02. */
export const NotifyMonitoringReport: Action = two(
  dialect('told', {
    request: 'NotifyMonitoringReportRequest',
    leniency: 'texts',
    ask: ({ requestId, generatedAt, seqNo, tbc = false, monitor = [] }: NotifyMonitoringReportRequest) => {
      const at = parseInstant(generatedAt)?.ms
      const items = monitor.flatMap((watched) =>
        watched.variableMonitoring.map(({ id, type, value, severity, transaction, eventNotificationType }) =>
          monitorItem(id, nameOf(watched), {
            type,
            value,
            severity,
            transaction,
            // 2.0.1 does not say whose it is
            kind: eventNotificationType ?? 'unknown',
          }),
        ),
      )
      return {
        type: 'told',
        topic: 'monitors',
        ...(at !== undefined && { at }),
        data: { request: requestId, page: seqNo, last: !tbc, monitors: items.length },
        learnt: items.length === 0 ? [] : [{ type: 'items.put', kind: 'monitor', items }],
        page: { report: 'monitors', request: requestId, seq: seqNo, last: !tbc },
      }
    },
    answer: () => nothing,
  }),
)
