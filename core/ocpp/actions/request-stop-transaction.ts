import type { RequestStopTransactionResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { type Action, byStatus, order, two } from '../dialect.ts'

/**
 * RequestStopTransaction — end a session. 2.0.1 part 2 F03. Where the station ends it only with the plug pulled, that it
 * does not charge any more is the effect. In 1.6: RemoteStopTransaction.
 */
export const RequestStopTransaction: Action = two(
  order('stopCharging', {
    action: 'RequestStopTransaction',
    tell: ({ session }, { transaction }) =>
      transaction === undefined
        ? { unsupported: `session ${session} has no transaction on this charge point` }
        : { payload: { transactionId: transaction }, expects: { type: 'session.stopped', session } },
    told: (response: RequestStopTransactionResponse) => byStatus(response),
  }),
)
