import type { ResetResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { type Action, byStatus, order } from '../dialect.ts'

/** Reset — restart the station, softly or hard. OCPP 1.6 §5.14. The effect is the boot that follows. */
export const Reset: Action = {
  'ocpp1.6': [
    order('reset', {
      action: 'Reset',
      tell: ({ kind }) => ({ payload: { type: kind === 'hard' ? 'Hard' : 'Soft' }, expects: { type: 'booted' } }),
      told: (response: ResetResponse) => byStatus(response),
    }),
  ],
}
