import type {
  CancelReservationRequest,
  CancelReservationResponse,
  ReserveNowRequest,
  ReserveNowResponse,
} from 'typed-ocpp/dist/ocpp16/types.js'
import type { Charger } from '../charger.ts'
import { type Reply, status } from './reply.ts'

export const reservation = {
  ReserveNow: (charger: Charger, request: ReserveNowRequest): Reply<ReserveNowResponse> =>
    status(charger.reservations.reserve(request)),

  CancelReservation: (
    charger: Charger,
    { reservationId }: CancelReservationRequest,
  ): Reply<CancelReservationResponse> => status(charger.reservations.cancel(reservationId) ? 'Accepted' : 'Rejected'),
}
