import type { GetPeriodicEventStreamResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, order } from '../dialect.ts'
import { streamItem } from './event-stream.ts'

/** GetPeriodicEventStream — which streams a station sends. 2.1 part 2 N12. None named: there are none. */
export const GetPeriodicEventStream: Action = {
  'ocpp2.1': [
    order('getEventStreams', {
      action: 'GetPeriodicEventStream',
      tell: () => ({ payload: {} }),
      told: ({ constantStreamData = [] }: GetPeriodicEventStreamResponse) =>
        accepted(`${constantStreamData.length} streams`, [
          { type: 'items.cleared', kind: 'eventStream' },
          { type: 'items.put', kind: 'eventStream', items: constantStreamData.map(streamItem) },
        ]),
    }),
  ],
}
