import type { UnlockConnectorResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { UnlockConnectorResponse as UnlockConnectorResponse2 } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, failed, order, rejected, two, unsupported } from '../dialect.ts'

/**
 * UnlockConnector — release the plug; a running session ends. OCPP 1.6 §5.18: NotSupported also means that there
 * is no such connector. 2.0.1 part 2 F05: it refuses while a session runs.
 */
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
            : failed(status),
    }),
  ],
  ...two(
    order('unlock', {
      action: 'UnlockConnector',
      tell: ({ evse, connector = 1 }) => ({ payload: { evseId: evse, connectorId: connector } }),
      told: ({ status }: UnlockConnectorResponse2) =>
        status === 'Unlocked'
          ? accepted()
          : status === 'UnlockFailed'
            ? failed(status)
            : rejected(status === 'UnknownConnector' ? 'no such connector' : 'an authorised session runs there'),
    }),
  ),
}
