import type { ClosePeriodicEventStreamRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'

/** ClosePeriodicEventStream — a stream has come to its end. 2.1 part 2 N13. */
export const ClosePeriodicEventStream: Action = {
  'ocpp2.1': [
    dialect('stream.close', {
      request: 'ClosePeriodicEventStreamRequest',
      ask: ({ id }: ClosePeriodicEventStreamRequest) => ({
        type: 'stream.close',
        topic: 'eventStream',
        stream: id,
        data: { stream: id, state: 'closed' },
        learnt: [{ type: 'items.removed', kind: 'eventStream', keys: [String(id)] }],
      }),
      answer: () => nothing,
    }),
  ],
}
