import type {
  GetBaseReportRequest,
  GetBaseReportResponse,
  GetReportRequest,
  GetReportResponse,
  GetVariablesRequest,
  GetVariablesResponse,
  ReportDataType,
  SetVariablesRequest,
  SetVariablesResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { tellInPages } from '../pages.ts'
import { baseReport, customReport } from '../report.ts'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

/** Time for the answer to be on its way before the connection is made anew. */
const redialMs = 200

/** What a changed variable does at once; the others are looked at when they are needed. */
const effects: Readonly<Record<string, (station: Station, value: string) => void>> = {
  'ocppcommctrlr/heartbeatinterval': ({ registration }) => registration.beat(),
  'aligneddatactrlr/enabled': ({ clock }) => clock.start(),
  'aligneddatactrlr/interval': ({ clock }) => clock.start(),
  'securityctrlr/basicauthpassword': (station, password) => {
    station.credentials.setPassword(password)
    station.security.note('ReconfigurationOfSecurityParameters', 'BasicAuthPassword')
    station.after(redialMs, () => station.line.breakOff(redialMs))
  },
}

/** What the characteristics do not say: a slot that is empty is no priority (B09.FR.05), and a transaction has to begin somewhere. */
const isOfUse =
  ({ network }: Station) =>
  (at: string, value: string): boolean => {
    if (at === 'ocppcommctrlr/networkconfigurationpriority')
      return value !== '' && value.split(',').every((slot) => network.has(Number(slot)))
    return !at.startsWith('txctrlr/tx') || value !== ''
  }

const tooMany = (most: number): Reply<never> => ({
  refusal: 'OccurrenceConstraintViolation',
  description: `at most ${most} items`,
})

const reported = (station: Station, requestId: number, items: readonly ReportDataType[]): Reply<GetReportResponse> =>
  items.length === 0
    ? status('EmptyResultSet')
    : status('Accepted', () =>
        tellInPages(station, 'NotifyReport', {
          items,
          most: station.model.number('DeviceDataCtrlr/ItemsPerMessage[GetReport]'),
          page: (reportData) => ({ requestId, reportData }),
        }),
      )

/** Block B, B05–B08: variables one by one, and reports of many. */
export const deviceModel = {
  GetVariables(station: Station, { getVariableData }: GetVariablesRequest): Reply<GetVariablesResponse> {
    const most = station.model.number('DeviceDataCtrlr/ItemsPerMessage[GetVariables]')
    if (getVariableData.length > most) return tooMany(most)
    return { answer: { getVariableResult: getVariableData.map((data) => station.model.get(data)) } }
  },

  SetVariables(station: Station, { setVariableData }: SetVariablesRequest): Reply<SetVariablesResponse> {
    const most = station.model.number('DeviceDataCtrlr/ItemsPerMessage[SetVariables]')
    if (setVariableData.length > most) return tooMany(most)
    const changes = setVariableData.map((data) => ({
      value: data.attributeValue,
      ...station.model.change(data, isOfUse(station)),
    }))
    const setVariableResult = changes.map(({ at: _, value: __, ...result }) => result)
    const then = (): void => {
      for (const { at, value, attributeStatus } of changes)
        if (attributeStatus === 'Accepted') effects[at]?.(station, value)
      station.monitors.look()
    }
    return { answer: { setVariableResult }, then }
  },

  GetBaseReport: (station: Station, { requestId, reportBase }: GetBaseReportRequest): Reply<GetBaseReportResponse> =>
    reported(station, requestId, baseReport(station.model, reportBase)),

  GetReport: (station: Station, request: GetReportRequest): Reply<GetReportResponse> =>
    reported(station, request.requestId, customReport(station.model, request)),
}
