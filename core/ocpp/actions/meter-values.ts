import type { MeterValuesRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import type { MeterValuesRequest as MeterValuesRequest2 } from 'typed-ocpp/dist/ocpp21/types.js'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { flagsOf } from './billing.ts'
import { flagsOfReadings, type MeterValueElement, readingsOf } from './meter-value.ts'

/** MeterValues — the meter's readings, of a session or of the connector. OCPP 1.6 §4.7; 2.0.1 part 2 J: of an EVSE, never of a session. Always answered. */
export const MeterValues: Action = {
  'ocpp1.6': [
    dialect('meter', {
      request: 'MeterValuesRequest',
      leniency: 'billing',
      ask: (request: MeterValuesRequest, heard) => {
        const readings = readingsOf(request.meterValue as readonly MeterValueElement[], heard.now, request.connectorId)
        return {
          type: 'meter',
          evse: request.connectorId,
          connector: request.connectorId === 0 ? 0 : 1,
          transaction: request.transactionId === undefined ? undefined : String(request.transactionId),
          readings,
          flags: [...flagsOf(heard), ...flagsOfReadings(readings)],
        }
      },
      answer: () => nothing,
    }),
  ],
  ...two(
    dialect('meter', {
      request: 'MeterValuesRequest',
      leniency: 'billing',
      ask: ({ evseId, meterValue }: MeterValuesRequest2, heard) => {
        const readings = readingsOf(meterValue as readonly MeterValueElement[], heard.now, evseId)
        return {
          type: 'meter',
          evse: evseId,
          connector: evseId === 0 ? 0 : 1,
          transaction: undefined,
          readings,
          flags: [...flagsOf(heard), ...flagsOfReadings(readings)],
        }
      },
      answer: () => nothing,
    }),
  ),
}
