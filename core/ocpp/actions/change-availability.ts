import type { ChangeAvailabilityResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, order, rejected } from '../dialect.ts'

/** ChangeAvailability — take a connector (0: all) in or out of service. OCPP 1.6 §5.2. Scheduled waits for the session's end. */
export const ChangeAvailability: Action = {
  'ocpp1.6': [
    order('setAvailability', {
      action: 'ChangeAvailability',
      tell: ({ evse, available }) => ({
        payload: { connectorId: evse, type: available ? 'Operative' : 'Inoperative' },
        expects: {
          type: 'status',
          evse,
          statuses: available
            ? [
                'available',
                'preparing',
                'charging',
                'suspendedByVehicle',
                'suspendedByStation',
                'finishing',
                'reserved',
              ]
            : ['unavailable'],
        },
      }),
      told: ({ status }: ChangeAvailabilityResponse) => (status === 'Rejected' ? rejected(status) : accepted(status)),
    }),
  ],
}
