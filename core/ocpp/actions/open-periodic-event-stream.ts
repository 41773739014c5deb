import type { OpenPeriodicEventStreamRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { type Action, dialect } from '../dialect.ts'
import { streamItem } from './event-stream.ts'

/** OpenPeriodicEventStream — a station wants to send one monitor's values in a stream. 2.1 part 2 N11; refused, it sends NotifyEvent. */
export const OpenPeriodicEventStream: Action = {
  'ocpp2.1': [
    dialect('stream.open', {
      request: 'OpenPeriodicEventStreamRequest',
      ask: ({ constantStreamData: stream }: OpenPeriodicEventStreamRequest) => ({
        type: 'stream.open',
        topic: 'eventStream',
        stream: stream.id,
        data: { stream: stream.id, monitor: stream.variableMonitoringId, state: 'opened' },
        learnt: [{ type: 'items.put', kind: 'eventStream', items: [streamItem(stream)] }],
      }),
      answer: ({ accepted }) => ({ status: accepted ? 'Accepted' : 'Rejected' }),
    }),
  ],
}
