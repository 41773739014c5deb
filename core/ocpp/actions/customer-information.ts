import type { CustomerInformationResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, failed, order, rejected, two } from '../dialect.ts'
import { idTokenFor } from './id-token.ts'

/**
 * CustomerInformation — what the station knows of one customer: it tells, forgets, or both. 2.0.1 part 2 N09, N10. What it
 * tells comes as a report. What it forgets may still be on its local list, which only we can change (N10.FR.02).
 */
export const CustomerInformation: Action = two(
  order('customerInformation', {
    action: 'CustomerInformation',
    tell: ({ report, clear, token, tokenType, certificate, customerId }, { number }) => ({
      payload: {
        requestId: number,
        report,
        clear,
        ...(token !== undefined && { idToken: idTokenFor(token, tokenType ?? 'RFID') }),
        ...(certificate !== undefined && { customerCertificate: certificate }),
        ...(customerId !== undefined && { customerIdentifier: customerId }),
      },
      ...(report && { expects: { type: 'report' as const, report: 'customerData' as const, request: number } }),
    }),
    told: ({ status }: CustomerInformationResponse, { clear, token }, { listed = [] }) => {
      if (status === 'Invalid') return failed('the charge point does not understand who is meant')
      if (status !== 'Accepted') return rejected(status)
      const isListed = clear && listed.some((uid) => uid.toLowerCase() === token?.toLowerCase())
      const others = listed.filter((uid) => uid.toLowerCase() !== token?.toLowerCase())
      return { ...accepted(), ...(isListed && { then: { type: 'syncLocalList' as const, tokens: others } }) }
    },
  }),
)
