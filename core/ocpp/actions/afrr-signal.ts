import type { AFRRSignalResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { formatInstant } from '../../domain/instant.ts'
import { type Action, byStatus, order } from '../dialect.ts'

/** AFRRSignal — a signal of the grid's operator, which vehicles follow by the curve in their profile. 2.1 Q08. */
export const AFRRSignal: Action = {
  'ocpp2.1': [
    order('afrrSignal', {
      action: 'AFRRSignal',
      tell: ({ timestamp, signal }) => ({ payload: { timestamp: formatInstant(timestamp), signal } }),
      told: (response: AFRRSignalResponse) => byStatus(response),
    }),
  ],
}
