import type { DataTransferRequest, DataTransferResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { clean } from '../../domain/text.ts'
import { accepted, type Action, dialect, order, rejected } from '../dialect.ts'

/** DataTransfer — a vendor's own messages, in both directions. OCPP 1.6 §4.3, §5.6. Unknown vendors are told so (BI-49). */
export const DataTransfer: Action = {
  'ocpp1.6': [
    dialect('vendor', {
      request: 'DataTransferRequest',
      ask: (request: DataTransferRequest) => ({
        type: 'vendor',
        vendor: clean(request.vendorId),
        ...(request.messageId !== undefined && { message: clean(request.messageId) }),
        ...(request.data !== undefined && { data: clean(request.data, 65_536) }),
      }),
      answer: ({ status, data }) => ({ status, ...(data !== undefined && { data }) }),
    }),
    order('vendorCall', {
      action: 'DataTransfer',
      tell: ({ vendor, message, data }) => ({
        payload: {
          vendorId: vendor,
          ...(message !== undefined && { messageId: message }),
          ...(data !== undefined && { data }),
        },
      }),
      told: ({ status, data }: DataTransferResponse) => (status === 'Accepted' ? accepted(data) : rejected(status)),
    }),
  ],
}
