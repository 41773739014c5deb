import type { DataTransferRequest, DataTransferResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { Answers, AskOf } from '../../domain/dialogue.ts'
import { clean } from '../../domain/text.ts'
import type {
  DataTransferRequest as DataTransferRequest2,
  DataTransferResponse as DataTransferResponse2,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { carriedAsk, carriedOrders } from '../carried.ts'
import { accepted, type Action, dialect, order, rejected, two, unsupported } from '../dialect.ts'
import { showCostTo16 } from '../vendors/cost-message.ts'

/** In 2.x a vendor's data may be any JSON; a text, as in 1.6, stays as it is. */
const textOf = (data: unknown): string => (typeof data === 'string' ? data : JSON.stringify(data))

const heard = {
  request: 'DataTransferRequest',
  ask: ({ vendorId, messageId, data }: DataTransferRequest | DataTransferRequest2): AskOf<'vendor'> => ({
    type: 'vendor',
    vendor: clean(vendorId),
    ...(messageId !== undefined && { message: clean(messageId) }),
    ...(data !== undefined && { data: clean(textOf(data), 65_536) }),
  }),
  answer: ({ status, data }: Answers['vendor']): object => ({ status, ...(data !== undefined && { data }) }),
}

const vendorCall = order('vendorCall', {
  action: 'DataTransfer',
  tell: ({ vendor, message, data }) => ({
    payload: {
      vendorId: vendor,
      ...(message !== undefined && { messageId: message }),
      ...(data !== undefined && { data }),
    },
  }),
  told: ({ status, data }: DataTransferResponse | DataTransferResponse2) =>
    status === 'Accepted' ? accepted(data === undefined ? undefined : textOf(data)) : rejected(status),
})

/**
 * DataTransfer — a vendor's own messages, in both directions. OCPP 1.6 §4.3, §5.6, 2.0.1 part 2 P. Unknown vendors are told
 * so (BI-49). Plug & Charge of 1.6 comes and goes in it.
 */
export const DataTransfer: Action = {
  'ocpp1.6': [
    dialect('vendor', { ...heard, carries: carriedAsk }),
    vendorCall,
    order('showCost', {
      action: 'DataTransfer',
      tell: showCostTo16,
      told: ({ status }: DataTransferResponse) =>
        status === 'Accepted'
          ? accepted()
          : status === 'Rejected'
            ? rejected(status)
            : unsupported(`it shows no costs: ${status}`),
    }),
    ...carriedOrders(),
  ],
  ...two(dialect('vendor', heard), vendorCall),
}
