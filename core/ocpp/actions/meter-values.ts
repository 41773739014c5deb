import type { MeterValuesRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { flagsOf } from './billing.ts'
import { flagsOfReadings, type MeterValue16, readingsOf } from './meter-value.ts'

/** MeterValues — the meter's readings, of a session or of the connector. OCPP 1.6 §4.7. Always answered. */
export const MeterValues: Action = {
  'ocpp1.6': [
    dialect('meter', {
      request: 'MeterValuesRequest',
      leniency: 'billing',
      ask: (request: MeterValuesRequest, heard) => {
        const readings = readingsOf(request.meterValue as readonly MeterValue16[], heard.now, request.connectorId)
        return {
          type: 'meter',
          evse: request.connectorId,
          connector: request.connectorId,
          transaction: request.transactionId === undefined ? undefined : String(request.transactionId),
          readings,
          flags: [...flagsOf(heard), ...flagsOfReadings(readings)],
        }
      },
      answer: () => nothing,
    }),
  ],
}
