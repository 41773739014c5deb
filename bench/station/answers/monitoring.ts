import type {
  ClearVariableMonitoringRequest,
  ClearVariableMonitoringResponse,
  GetMonitoringReportRequest,
  GetMonitoringReportResponse,
  SetMonitoringBaseRequest,
  SetMonitoringBaseResponse,
  SetMonitoringLevelRequest,
  SetMonitoringLevelResponse,
  SetVariableMonitoringRequest,
  SetVariableMonitoringResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { tellInPages } from '../pages.ts'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

const severest = 0
const mildest = 9

/** Block N, N02–N06: what is watched, and what of it is told. */
export const monitoring = {
  SetVariableMonitoring(
    { monitors, model }: Station,
    { setMonitoringData }: SetVariableMonitoringRequest,
  ): Reply<SetVariableMonitoringResponse> {
    const most = model.number('MonitoringCtrlr/ItemsPerMessage[SetVariableMonitoring]')
    if (setMonitoringData.length > most)
      return { refusal: 'OccurrenceConstraintViolation', description: `at most ${most} items` }
    return { answer: { setMonitoringResult: setMonitoringData.map((data) => monitors.set(data)) } }
  },

  ClearVariableMonitoring: (
    { monitors }: Station,
    { id }: ClearVariableMonitoringRequest,
  ): Reply<ClearVariableMonitoringResponse> => ({
    answer: { clearMonitoringResult: id.map((one) => ({ id: one, status: monitors.clear(one) })) },
  }),

  SetMonitoringBase: (
    { monitors }: Station,
    { monitoringBase }: SetMonitoringBaseRequest,
  ): Reply<SetMonitoringBaseResponse> => status(monitors.setBase(monitoringBase)),

  SetMonitoringLevel(
    { monitors }: Station,
    { severity }: SetMonitoringLevelRequest,
  ): Reply<SetMonitoringLevelResponse> {
    if (severity < severest || severity > mildest) return status('Rejected')
    monitors.level = severity
    return status('Accepted')
  },

  GetMonitoringReport(station: Station, request: GetMonitoringReportRequest): Reply<GetMonitoringReportResponse> {
    const { requestId } = request
    const items = station.monitors.report(request)
    if (items.length === 0) return status('EmptyResultSet')
    return status('Accepted', () =>
      tellInPages(station, 'NotifyMonitoringReport', { items, most: 10, page: (monitor) => ({ requestId, monitor }) }),
    )
  },
}
