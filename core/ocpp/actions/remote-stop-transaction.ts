import type { RemoteStopTransactionResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { type Action, byStatus, order } from '../dialect.ts'

/** RemoteStopTransaction — end a session. OCPP 1.6 §5.12. The effect is its StopTransaction. */
export const RemoteStopTransaction: Action = {
  'ocpp1.6': [
    order('stopCharging', {
      action: 'RemoteStopTransaction',
      tell: ({ session }, { transaction }) =>
        transaction === undefined
          ? { unsupported: `session ${session} has no transaction on this charge point` }
          : { payload: { transactionId: Number(transaction) }, expects: { type: 'session.stopped', session } },
      told: (response: RemoteStopTransactionResponse) => byStatus(response),
    }),
  ],
}
