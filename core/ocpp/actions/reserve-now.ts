import type { ReserveNowResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { formatInstant } from '../../domain/instant.ts'
import type { MirrorChange } from '../../domain/mirror.ts'
import { accepted, type Action, order, type OrderOf, rejected, two } from '../dialect.ts'
import { idTokenFor, longestToken } from './id-token.ts'

/** ReserveNow — keep a connector (0: any) for a token. OCPP 1.6 §5.13, 2.0.1 part 2 H01. The same id replaces; it expires by our timer too. */
export const ReserveNow: Action = {
  'ocpp1.6': [
    order('reserve', {
      action: 'ReserveNow',
      tell: ({ evse, token, groupId, connectorType, expiresAt, replaces }, { number, now }) => {
        if (connectorType !== undefined) return { unsupported: 'OCPP 1.6 does not reserve by the type of a connector' }
        if (token.length > 20) return { unsupported: 'OCPP 1.6 takes tokens of at most 20 characters' }
        if (expiresAt <= now) return { unsupported: 'it would have expired already' }
        return {
          payload: {
            connectorId: evse,
            expiryDate: formatInstant(expiresAt),
            idTag: token,
            ...(groupId !== undefined && groupId.length <= 20 && { parentIdTag: groupId }),
            reservationId: replaces ?? number,
          },
        }
      },
      told: ({ status }: ReserveNowResponse, order, { number }) =>
        status === 'Accepted' ? accepted(undefined, [reservedBy(order, number)]) : rejected(status),
    }),
  ],
  ...two((protocol) =>
    order('reserve', {
      action: 'ReserveNow',
      tell: ({ evse, token, tokenType, groupId, connectorType, expiresAt, replaces }, { number, now }) => {
        if (token.length > longestToken[protocol])
          return { unsupported: `a token has at most ${longestToken[protocol]} characters there` }
        if (expiresAt <= now) return { unsupported: 'it would have expired already' }
        return {
          payload: {
            id: replaces ?? number,
            expiryDateTime: formatInstant(expiresAt),
            idToken: idTokenFor(token, tokenType ?? 'RFID'),
            ...(evse > 0 && { evseId: evse }),
            ...(connectorType !== undefined && { connectorType }),
            ...(groupId !== undefined && { groupIdToken: idTokenFor(groupId) }),
          },
        }
      },
      told: ({ status }: ReserveNowResponse, order, { number }) =>
        status === 'Accepted' ? accepted(undefined, [reservedBy(order, number)]) : rejected(status),
    }),
  ),
}

const reservedBy = (
  { evse, token, groupId, expiresAt, replaces }: OrderOf<'reserve'>,
  number: number,
): MirrorChange => ({
  type: 'reserved',
  id: replaces ?? number,
  evse,
  token,
  expiresAt,
  ...(groupId !== undefined && { groupId }),
})
