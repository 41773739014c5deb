import type { UnlockConnectorResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, order, unsupported } from '../dialect.ts'

/** UnlockConnector — release the plug; a running session ends. OCPP 1.6 §5.18. NotSupported also means: no such connector. */
export const UnlockConnector: Action = {
  'ocpp1.6': [
    order('unlock', {
      action: 'UnlockConnector',
      tell: ({ evse }) => ({ payload: { connectorId: evse } }),
      told: ({ status }: UnlockConnectorResponse) =>
        status === 'Unlocked'
          ? accepted()
          : status === 'NotSupported'
            ? unsupported('no such connector, or it cannot be unlocked')
            : { accepted: false, outcome: 'failed', reason: status },
    }),
  ],
}
