import type { ReserveNowResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { formatInstant } from '../../domain/instant.ts'
import { accepted, type Action, order, rejected } from '../dialect.ts'

/** ReserveNow — keep a connector (0: any) for a token. OCPP 1.6 §5.13. The same id replaces; it expires by our timer too. */
export const ReserveNow: Action = {
  'ocpp1.6': [
    order('reserve', {
      action: 'ReserveNow',
      tell: ({ evse, token, groupId, expiresAt }, { number, now }) => {
        if (token.length > 20) return { unsupported: 'OCPP 1.6 takes tokens of at most 20 characters' }
        if (expiresAt <= now) return { unsupported: 'it would have expired already' }
        return {
          payload: {
            connectorId: evse,
            expiryDate: formatInstant(expiresAt),
            idTag: token,
            ...(groupId !== undefined && { parentIdTag: groupId.slice(0, 20) }),
            reservationId: number,
          },
        }
      },
      told: ({ status }: ReserveNowResponse, { evse, token, groupId, expiresAt }, { number }) =>
        status === 'Accepted'
          ? accepted(undefined, [
              { type: 'reserved', id: number, evse, token, expiresAt, ...(groupId !== undefined && { groupId }) },
            ])
          : rejected(status),
    }),
  ],
}
