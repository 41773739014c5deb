import type { NotifyCustomerInformationRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { parseInstant } from '../../domain/instant.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'

/** NotifyCustomerInformation — a piece of what the station knows of a customer. 2.0.1 part 2 N09. It is personal: those who follow are not told. */
export const NotifyCustomerInformation: Action = two(
  dialect('told', {
    request: 'NotifyCustomerInformationRequest',
    ask: ({ requestId, generatedAt, seqNo, tbc = false, data }: NotifyCustomerInformationRequest) => {
      const at = parseInstant(generatedAt)?.ms
      return {
        type: 'told',
        topic: 'customerInformation',
        ...(at !== undefined && { at }),
        data: { request: requestId, page: seqNo, last: !tbc },
        learnt: [
          { type: 'items.pieced', kind: 'customerData', key: String(requestId), seq: seqNo, text: clean(data, 512) },
        ],
        page: { report: 'customerData', request: requestId, seq: seqNo, last: !tbc },
      }
    },
    answer: () => nothing,
  }),
)
