import type { GetLogRequest, GetLogResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

/** Block N, N01. */
export const log = {
  GetLog({ uploads }: Station, { logType, ...order }: GetLogRequest): Reply<GetLogResponse> {
    // it collects no data but its diary
    return logType === 'DataCollectorLog' ? status('Rejected') : uploads.log({ logType, ...order })
  },
}
