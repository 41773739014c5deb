import type {
  CancelReservationRequest,
  CancelReservationResponse,
  ReserveNowRequest,
  ReserveNowResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from '../station.ts'
import { tokenKey } from '../tokens.ts'
import { type Reply, status } from './reply.ts'

/** Block H. */
export const reservation = {
  ReserveNow(station: Station, request: ReserveNowRequest): Reply<ReserveNowResponse> {
    const { id, expiryDateTime, idToken, groupIdToken, evseId = 0, connectorType } = request
    const isThere = connectorType === undefined || connectorType === station.model.text('Connector@1.1/ConnectorType')
    if (!station.model.isOn('ReservationCtrlr/Enabled') || !isThere || station.isOutOfService) {
      return status(station.isOutOfService ? 'Unavailable' : 'Rejected')
    }
    return status(
      station.reservations.reserve({
        reservationId: id,
        connectorId: evseId,
        idTag: tokenKey(idToken),
        expiryDate: expiryDateTime,
        ...(groupIdToken !== undefined && { parentIdTag: tokenKey(groupIdToken) }),
      }),
    )
  },

  CancelReservation: (
    { reservations }: Station,
    { reservationId }: CancelReservationRequest,
  ): Reply<CancelReservationResponse> => status(reservations.cancel(reservationId) ? 'Accepted' : 'Rejected'),
}
