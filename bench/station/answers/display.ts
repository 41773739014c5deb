import type {
  ClearDisplayMessageRequest,
  ClearDisplayMessageResponse,
  CostUpdatedRequest,
  CostUpdatedResponse,
  GetDisplayMessagesRequest,
  GetDisplayMessagesResponse,
  SetDisplayMessageRequest,
  SetDisplayMessageResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

const perMessage = 5

/** Blocks I and O: what a driver is shown. */
export const display = {
  SetDisplayMessage: ({ displays }: Station, { message }: SetDisplayMessageRequest): Reply<SetDisplayMessageResponse> =>
    status(displays.show(message)),

  GetDisplayMessages(
    { displays, tidings }: Station,
    { requestId, ...wanted }: GetDisplayMessagesRequest,
  ): Reply<GetDisplayMessagesResponse> {
    const found = displays.matching(wanted)
    if (found.length === 0) return status('Unknown')
    return status('Accepted', () => {
      for (let from = 0; from < found.length; from += perMessage)
        tidings.tell('NotifyDisplayMessages', {
          requestId,
          messageInfo: found.slice(from, from + perMessage),
          tbc: from + perMessage < found.length,
        })
    })
  },

  ClearDisplayMessage: (
    { displays }: Station,
    { id }: ClearDisplayMessageRequest,
  ): Reply<ClearDisplayMessageResponse> => status(displays.clear(id) ? 'Accepted' : 'Unknown'),

  CostUpdated({ transactions }: Station, { transactionId, totalCost }: CostUpdatedRequest): Reply<CostUpdatedResponse> {
    const transaction = transactions.find((one) => one.transactionId === transactionId)
    if (transaction !== undefined) transaction.totalCost = totalCost
    return { answer: {} }
  },
}
