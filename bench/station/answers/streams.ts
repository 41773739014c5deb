import type {
  AdjustPeriodicEventStreamRequest,
  AdjustPeriodicEventStreamResponse,
  GetPeriodicEventStreamResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

/** Block N of 2.1, N12 and N14. */
export const streams = {
  AdjustPeriodicEventStream: (
    { streams: open }: Station,
    { id, params }: AdjustPeriodicEventStreamRequest,
  ): Reply<AdjustPeriodicEventStreamResponse> => status(open.adjust(id, params) ? 'Accepted' : 'Rejected'),

  GetPeriodicEventStream({ streams: open }: Station): Reply<GetPeriodicEventStreamResponse> {
    const constantStreamData = [...open.all]
    return { answer: constantStreamData.length === 0 ? {} : { constantStreamData } }
  },
}
