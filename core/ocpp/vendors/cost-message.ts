import type { Vendor } from './vendor.ts'

/**
 * Prices on a station's display, as the Open Charge Alliance has agreed it for OCPP 1.6 (California pricing requirements;
 * handbook/ocpp.md §2.2). Stations tell that a plug was pulled after the end of a session, so that idle fees end.
 */
export const costMessage: Vendor = {
  vendorId: 'org.openchargealliance.costmsg',
  messages: {
    ConnectorUnplugged: {
      schema: {
        type: 'object',
        properties: {
          transactionId: { type: ['integer', 'string'] },
          timestamp: { type: 'string', format: 'date-time' },
        },
        required: ['transactionId'],
      },
      answer: () => ({ status: 'Accepted' }),
    },
  },
}
