import type { TriggerMessageResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { type Action, byStatus, order, two } from '../dialect.ts'
import { versionOf } from '../version.ts'
import { asking, signing, triggerable, triggering } from './trigger.ts'

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
    (protocol) =>
      order('renewCertificate', {
        action: 'TriggerMessage',
        tell: ({ use = 'station' }) =>
          use === 'v2g20' && protocol !== 'ocpp2.1'
            ? { unsupported: `OCPP ${versionOf(protocol)} knows no certificates of ISO 15118-20` }
            : { payload: { requestedMessage: signing[use] }, expects: { type: 'certificate', use } },
        told: (response: TriggerMessageResponse) => byStatus(response),
      }),
  ),
}
