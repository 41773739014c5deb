import type { AdjustPeriodicEventStreamResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, byStatus, order, type OrderContext, type OrderOf } from '../dialect.ts'

/** AdjustPeriodicEventStream — how often a stream is sent from now on. 2.1 part 2 N14. */
export const AdjustPeriodicEventStream: Action = {
  'ocpp2.1': [
    order('adjustEventStream', {
      action: 'AdjustPeriodicEventStream',
      tell: (wanted, context) => {
        const { intervalS, values } = paceOf(wanted, context)
        if (wanted.isSlower === true && intervalS === undefined)
          return { unsupported: `how often stream ${wanted.stream} is sent is not known` }
        return {
          payload: {
            id: wanted.stream,
            params: {
              ...(intervalS !== undefined && { interval: intervalS }),
              ...(values !== undefined && { values }),
            },
          },
        }
      },
      told: (response: AdjustPeriodicEventStreamResponse, wanted, context) =>
        response.status === 'Accepted'
          ? accepted(undefined, [
              {
                type: 'items.put',
                kind: 'eventStream',
                items: [{ key: String(wanted.stream), body: { stream: wanted.stream, ...paceOf(wanted, context) } }],
                merge: true,
              },
            ])
          : byStatus(response),
    }),
  ],
}

/** What is not named stays as it is, for its parameters are replaced as a whole. */
const paceOf = (
  { intervalS, values, isSlower }: OrderOf<'adjustEventStream'>,
  { stream = {} }: OrderContext,
): { readonly intervalS?: number; readonly values?: number } => {
  const slower = isSlower === true && stream.intervalS !== undefined ? Math.max(1, stream.intervalS * 2) : undefined
  const interval = intervalS ?? slower ?? stream.intervalS
  const most = values ?? stream.values
  return { ...(interval !== undefined && { intervalS: interval }), ...(most !== undefined && { values: most }) }
}
