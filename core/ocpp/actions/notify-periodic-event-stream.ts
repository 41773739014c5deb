import type { NotifyPeriodicEventStream as NotifyPeriodicEventStreamSend } from 'typed-ocpp/dist/ocpp21/types.js'
import { parseInstant } from '../../domain/instant.ts'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'

/** NotifyPeriodicEventStream — a piece of a stream: values, and when each was, in seconds since its base. 2.1 part 2 N15. A SEND. */
export const NotifyPeriodicEventStream: Action = {
  'ocpp2.1': [
    dialect('stream.values', {
      request: 'NotifyPeriodicEventStream',
      isTold: true,
      ask: ({ id, pending, basetime, data }: NotifyPeriodicEventStreamSend) => {
        const base = parseInstant(basetime)?.ms
        return {
          type: 'stream.values',
          topic: 'eventStream.values',
          stream: id,
          pending,
          ...(base !== undefined && { at: base }),
          // the values themselves are in the message, which is kept
          data: { stream: id, pending, values: data.length },
        }
      },
      answer: () => nothing,
    }),
  ],
}
