import type { RequestBatterySwapResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { type Action, byStatus, order } from '../dialect.ts'
import { idTokenFor } from './id-token.ts'

/**
 * RequestBatterySwap — a charged battery for an empty one, for the bearer of a token that may charge. 2.1 part 2 S02. The
 * effect is the battery that is taken out under this number (BatterySwap).
 */
export const RequestBatterySwap: Action = {
  'ocpp2.1': [
    order('requestBatterySwap', {
      action: 'RequestBatterySwap',
      tell: ({ token }, { number, tokenType }) => ({
        payload: { requestId: number, idToken: idTokenFor(token, tokenType) },
        expects: { type: 'progress', of: 'batterySwap', request: number },
      }),
      told: (response: RequestBatterySwapResponse) => byStatus(response),
    }),
  ],
}
