import type {
  ClearDERControlRequest,
  ClearDERControlResponse,
  GetDERControlRequest,
  GetDERControlResponse,
  SetDERControlRequest,
  SetDERControlResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

/** Block R of 2.1. */
export const der = {
  SetDERControl: ({ der: controls }: Station, request: SetDERControlRequest): Reply<SetDERControlResponse> => ({
    answer: controls.set(request),
  }),

  GetDERControl(
    { der: controls }: Station,
    { requestId, ...wanted }: GetDERControlRequest,
  ): Reply<GetDERControlResponse> {
    const found = controls.find(wanted)
    return found.length === 0 ? status('NotFound') : status('Accepted', () => controls.tell(requestId, found))
  },

  ClearDERControl: ({ der: controls }: Station, request: ClearDERControlRequest): Reply<ClearDERControlResponse> =>
    status(controls.clear(request)),
}
