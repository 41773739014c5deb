import type { GetLogResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { formatInstant } from '../../domain/instant.ts'
import { accepted, type Action, order, rejected } from '../dialect.ts'
import { attempts, nowhere, superseding } from './upload.ts'

/** GetLog — put a log somewhere, diagnostics or security. OCPP 1.6 security whitepaper §5 (N01). A newer one cancels it. */
export const GetLog: Action = {
  'ocpp1.6': [
    order('uploadLog', {
      action: 'GetLog',
      tell: (upload, { location, number }) => {
        const { log, from, to } = upload
        if (location === undefined) return nowhere
        return {
          payload: {
            logType: log === 'security' ? 'SecurityLog' : 'DiagnosticsLog',
            requestId: number,
            log: {
              remoteLocation: location,
              ...(from !== undefined && { oldestTimestamp: formatInstant(from) }),
              ...(to !== undefined && { latestTimestamp: formatInstant(to) }),
            },
            ...attempts(upload),
          },
          expects: { type: 'log', request: number },
        }
      },
      told: ({ status, filename }: GetLogResponse) =>
        status === 'Rejected'
          ? rejected(status)
          : accepted(status === 'AcceptedCanceled' ? 'an older upload was cancelled by it' : filename, superseding),
    }),
  ],
}
