import type { ExtendedTriggerMessageResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { type Action, byStatus, order } from '../dialect.ts'
import { asking, extended, triggerable } from './trigger.ts'

/** ExtendedTriggerMessage — ask also for what the security extension brings. Security whitepaper §5 (F06). */
export const ExtendedTriggerMessage: Action = {
  'ocpp1.6': [
    order('trigger', {
      action: 'ExtendedTriggerMessage',
      tell: ({ message, evse, extended: isExtended }) => {
        const wanted = extended[message]
        if (wanted === undefined || (isExtended !== true && triggerable.includes(message))) return { otherwise: true }
        return asking(wanted.name, evse, wanted.comes)
      },
      told: (response: ExtendedTriggerMessageResponse) => byStatus(response),
    }),
    order('renewCertificate', {
      action: 'ExtendedTriggerMessage',
      tell: ({ use = 'station' }) =>
        use === 'v2g20'
          ? { unsupported: 'OCPP 1.6 knows no certificates of ISO 15118-20' }
          : use === 'v2g'
            ? { otherwise: true }
            : {
                payload: { requestedMessage: 'SignChargePointCertificate' },
                expects: { type: 'certificate', use },
              },
      told: (response: ExtendedTriggerMessageResponse) => byStatus(response),
    }),
  ],
}
