import type { CancelReservationResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, order, rejected, two } from '../dialect.ts'

const cancel = order('cancelReservation', {
  action: 'CancelReservation',
  tell: ({ reservation }) => ({ payload: { reservationId: reservation } }),
  told: ({ status }: CancelReservationResponse, { reservation }) =>
    status === 'Accepted'
      ? accepted(undefined, [{ type: 'reservation.cancelled', id: reservation, reason: 'cancelled' }])
      : rejected('the charge point has no such reservation', [
          { type: 'reservation.cancelled', id: reservation, reason: 'the charge point does not have it' },
        ]),
})

/**
 * CancelReservation — let go of a connector. OCPP 1.6 §5.1, 2.0.1 part 2 H02. Rejected: the station
 * does not have it any more.
 */
export const CancelReservation: Action = { 'ocpp1.6': [cancel], ...two(cancel) }
