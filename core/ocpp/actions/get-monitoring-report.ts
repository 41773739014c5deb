import type { GetMonitoringReportResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { placeOf } from '../../domain/variable.ts'
import { type Action, order, two } from '../dialect.ts'
import { byReportStatus } from './report.ts'
import { wirePlace } from './variable.ts'

const criteriaNames = {
  threshold: 'ThresholdMonitoring',
  delta: 'DeltaMonitoring',
  periodic: 'PeriodicMonitoring',
} as const

/** GetMonitoringReport — what the station watches: all of it, or some. 2.0.1 part 2 N02. The effect is the report. */
export const GetMonitoringReport: Action = two(
  order('getMonitors', {
    action: 'GetMonitoringReport',
    tell: ({ criteria = [], variables = [] }, { number }) => {
      const places = variables.map(placeOf).filter((place) => place !== undefined)
      if (places.length < variables.length)
        return { unsupported: 'a name is none: write Component or Component.Variable' }
      const isWhole = criteria.length + places.length === 0
      return {
        payload: {
          requestId: number,
          ...(criteria.length > 0 && { monitoringCriteria: criteria.map((c) => criteriaNames[c]) }),
          ...(places.length > 0 && { componentVariable: places.map(wirePlace) }),
        },
        expects: { type: 'report', report: 'monitors', request: number, ...(isWhole && { isWhole: true as const }) },
      }
    },
    told: ({ status }: GetMonitoringReportResponse, { criteria = [], variables = [] }) => {
      const outcome = byReportStatus(status)
      return status === 'EmptyResultSet' && criteria.length + variables.length === 0
        ? { ...outcome, learnt: [{ type: 'items.cleared', kind: 'monitor' }] }
        : outcome
    },
  }),
)
