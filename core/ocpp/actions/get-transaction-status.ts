import type { GetTransactionStatusResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, order, two } from '../dialect.ts'

/**
 * GetTransactionStatus — whether messages of a session, or of any, wait in the station. 2.0.1 part 2 E14. Where none do, what
 * is missing of a session that has ended does not come any more, and its account is made without (INV-22).
 */
export const GetTransactionStatus: Action = two(
  order('getTransactionStatus', {
    action: 'GetTransactionStatus',
    tell: ({ session }, { transaction }) =>
      session !== undefined && transaction === undefined
        ? { unsupported: `session ${session} has no transaction on this charge point` }
        : { payload: transaction === undefined ? {} : { transactionId: transaction } },
    told: ({ messagesInQueue, ongoingIndicator }: GetTransactionStatusResponse, _, { transaction }) => {
      const said = [
        messagesInQueue ? 'messages wait to be sent' : 'no message waits',
        ...(ongoingIndicator === undefined ? [] : [ongoingIndicator ? 'it goes on' : 'it is over']),
      ].join(', ')
      return messagesInQueue || transaction === undefined
        ? accepted(said)
        : accepted(said, [{ type: 'session.settled', transaction }])
    },
  }),
)
