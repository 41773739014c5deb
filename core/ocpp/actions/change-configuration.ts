import type { ChangeConfigurationResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, byStatus, order } from '../dialect.ts'

/** ChangeConfiguration — set one configuration key. OCPP 1.6 §5.3. RebootRequired: taken, and in force after a reboot. */
export const ChangeConfiguration: Action = {
  'ocpp1.6': [
    order('setConfig', {
      action: 'ChangeConfiguration',
      tell: ({ key, value }) => ({ payload: { key, value } }),
      told: (response: ChangeConfigurationResponse) =>
        response.status === 'RebootRequired' ? accepted('in force after a reboot') : byStatus(response),
    }),
  ],
}
