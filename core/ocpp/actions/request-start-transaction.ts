import type { RequestStartTransactionResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { type Action, byStatus, order, two } from '../dialect.ts'
import { idTokenFor, longestToken } from './id-token.ts'

/**
 * RequestStartTransaction — begin a session. 2.0.1 part 2 F01, F02. Accepted only means that the station will try; the
 * session that begins names the number under which it was asked for. In 1.6: RemoteStartTransaction.
 */
export const RequestStartTransaction: Action = two((protocol) =>
  order('startCharging', {
    action: 'RequestStartTransaction',
    tell: ({ token, tokenType, evse, groupId }, { number }) => {
      if (token.length > longestToken[protocol])
        return { unsupported: `a token has at most ${longestToken[protocol]} characters there` }
      return {
        payload: {
          remoteStartId: number,
          idToken: idTokenFor(token, tokenType),
          ...(evse !== undefined && { evseId: evse }),
          ...(groupId !== undefined && { groupIdToken: idTokenFor(groupId) }),
        },
        expects: { type: 'session.started', token, remoteStart: number },
      }
    },
    told: (response: RequestStartTransactionResponse) => byStatus(response),
  }),
)
