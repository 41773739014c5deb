import type { TriggerMessageResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { type Action, byStatus, order, two } from '../dialect.ts'
import { asking, triggerable, triggering } from './trigger.ts'

/**
 * TriggerMessage — ask for a message; it comes after the answer. OCPP 1.6 §5.17, 2.0.1 part 2 F06. Never a boot once
 * accepted (errata 3.40).
 */
export const TriggerMessage: Action = {
  'ocpp1.6': [
    order('trigger', {
      action: 'TriggerMessage',
      tell: ({ message, evse }) =>
        triggerable.includes(message)
          ? asking(message, evse, message)
          : { unsupported: `OCPP 1.6 cannot trigger ${message}` },
      told: (response: TriggerMessageResponse) => byStatus(response),
    }),
  ],
  ...two(
    (protocol) =>
      order('trigger', {
        action: 'TriggerMessage',
        tell: ({ message, evse, connector, custom }) => triggering(protocol, { message, evse, connector, custom }),
        told: (response: TriggerMessageResponse) => byStatus(response),
      }),
    () =>
      order('renewCertificate', {
        action: 'TriggerMessage',
        tell: () => ({
          payload: { requestedMessage: 'SignChargingStationCertificate' },
          expects: { type: 'certificate' },
        }),
        told: (response: TriggerMessageResponse) => byStatus(response),
      }),
  ),
}
