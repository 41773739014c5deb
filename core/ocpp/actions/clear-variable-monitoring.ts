import type { ClearVariableMonitoringResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { afterPart, inHalves, nextPart } from '../batch.ts'
import { type Action, order, type OrderContext, two } from '../dialect.ts'

const partOf = (ids: readonly number[], context: OrderContext): readonly number[] => nextPart(ids, context, String)

/** ClearVariableMonitoring — stop watching, as many at once as the station takes. 2.0.1 part 2 N06. One that is not there is gone as well. */
export const ClearVariableMonitoring: Action = two(
  order('clearMonitors', {
    action: 'ClearVariableMonitoring',
    tell: ({ ids }, context) => ({ payload: { id: partOf(ids, context) } }),
    told: ({ clearMonitoringResult: results }: ClearVariableMonitoringResponse, { ids }, context) => {
      const part = partOf(ids, context)
      const found = new Map(results.map(({ id, status }) => [id, status]))
      const gone = part.filter((id) => found.get(id) === 'Accepted' || found.get(id) === 'NotFound')
      return afterPart(
        {
          count: part.length,
          total: ids.length,
          refused: part
            .filter((id) => found.get(id) !== 'Accepted')
            .map((id) => `monitor ${id}: ${found.get(id) ?? 'not answered'}`),
          learnt: gone.length === 0 ? [] : [{ type: 'items.removed', kind: 'monitor', keys: gone.map(String) }],
        },
        context,
      )
    },
    refused: (code, { ids }, context) => inHalves(code, partOf(ids, context).length, context),
  }),
)
