import type { GetReportResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { placeOf } from '../../domain/variable.ts'
import { type Action, order, two } from '../dialect.ts'
import { byReportStatus } from './report.ts'
import { wirePlace } from './variable.ts'

const criteriaNames = { active: 'Active', available: 'Available', enabled: 'Enabled', problem: 'Problem' } as const

/** GetReport — some components and variables, by name or by how they are. 2.0.1 part 2 B08. The effect is the report. */
export const GetReport: Action = two(
  order('getReport', {
    action: 'GetReport',
    tell: ({ criteria = [], variables = [] }, { number }) => {
      const places = variables.map(placeOf).filter((place) => place !== undefined)
      return places.length < variables.length
        ? { unsupported: 'a name is none: write Component or Component.Variable' }
        : {
            payload: {
              requestId: number,
              ...(criteria.length > 0 && { componentCriteria: criteria.map((c) => criteriaNames[c]) }),
              ...(places.length > 0 && { componentVariable: places.map(wirePlace) }),
            },
            expects: { type: 'report', report: 'variables', request: number },
          }
    },
    told: ({ status }: GetReportResponse) => byReportStatus(status),
  }),
)
