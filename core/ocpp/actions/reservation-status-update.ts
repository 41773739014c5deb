import type { ReservationStatusUpdateRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { ranOut } from '../../domain/reservation.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'

const ends = {
  Expired: { state: 'expired', reason: ranOut },
  Removed: { state: 'cancelled', reason: 'the charge point has removed it' },
  NoTransaction: { state: 'cancelled', reason: 'no session began within its time' },
} as const

/** ReservationStatusUpdate — a station let go of a reservation. 2.0.1 part 2 H; 1.6 says nothing of it. */
export const ReservationStatusUpdate: Action = two(
  dialect('told', {
    request: 'ReservationStatusUpdateRequest',
    ask: ({ reservationId, reservationUpdateStatus }: ReservationStatusUpdateRequest) => ({
      type: 'told',
      topic: 'reservation',
      data: { reservation: reservationId, status: reservationUpdateStatus },
      learnt: [{ type: 'reservation.ended', id: reservationId, ...ends[reservationUpdateStatus] }],
    }),
    answer: () => nothing,
  }),
)
