import type { RemoteStartTransactionResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { type Action, byStatus, order } from '../dialect.ts'

/** RemoteStartTransaction — begin a session. OCPP 1.6 §5.11. Accepted only means that the station will try (errata 3.32). */
export const RemoteStartTransaction: Action = {
  'ocpp1.6': [
    order('startCharging', {
      action: 'RemoteStartTransaction',
      tell: ({ token, evse }) =>
        token.length > 20
          ? { unsupported: 'OCPP 1.6 takes tokens of at most 20 characters' }
          : {
              payload: { idTag: token, ...(evse !== undefined && { connectorId: evse }) },
              expects: { type: 'session.started', token, ...(evse !== undefined && { connector: evse }) },
            },
      told: (response: RemoteStartTransactionResponse) => byStatus(response),
    }),
  ],
}
