import type { ChangeAvailabilityResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { ConnectorStatus } from '../../domain/connector.ts'
import { accepted, type Action, order, rejected, two } from '../dialect.ts'

/** ChangeAvailability — take a connector (0: all) in or out of service. OCPP 1.6 §5.2, 2.0.1 part 2 G03, G04. Scheduled waits for the session's end. */
export const ChangeAvailability: Action = {
  'ocpp1.6': [
    order('setAvailability', {
      action: 'ChangeAvailability',
      tell: ({ evse, available }) => ({
        payload: { connectorId: evse, type: kindOf(available) },
        expects: { type: 'status', evse, statuses: statusesOf(available) },
      }),
      told: ({ status }: ChangeAvailabilityResponse) => (status === 'Rejected' ? rejected(status) : accepted(status)),
    }),
  ],
  ...two(
    order('setAvailability', {
      action: 'ChangeAvailability',
      tell: ({ evse, connector, available }) => ({
        payload: {
          operationalStatus: kindOf(available),
          ...(evse > 0 && { evse: { id: evse, ...(connector !== undefined && { connectorId: connector }) } }),
        },
        // a station as a whole has no status of its own: each of its connectors tells
        expects: {
          type: 'status',
          ...(evse > 0 && { evse }),
          ...(connector !== undefined && { connector }),
          statuses: statusesOf(available),
        },
      }),
      told: ({ status }: ChangeAvailabilityResponse) => (status === 'Rejected' ? rejected(status) : accepted(status)),
    }),
  ),
}

const kindOf = (available: boolean): 'Operative' | 'Inoperative' => (available ? 'Operative' : 'Inoperative')

const statusesOf = (available: boolean): readonly ConnectorStatus[] => (available ? operative : ['unavailable'])
const operative: readonly ConnectorStatus[] = [
  'available',
  'preparing',
  'charging',
  'suspendedByVehicle',
  'suspendedByStation',
  'finishing',
  'reserved',
]
