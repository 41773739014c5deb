import type { GetLogResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { formatInstant } from '../../domain/instant.ts'
import { accepted, type Action, order, rejected, two } from '../dialect.ts'
import type { Protocol } from '../version.ts'
import { attempts, nowhere, superseding } from './upload.ts'

const logTypes = { security: 'SecurityLog', diagnostics: 'DiagnosticsLog', dataCollector: 'DataCollectorLog' } as const

const upload = (protocol: Protocol): ReturnType<typeof order> =>
  order('uploadLog', {
    action: 'GetLog',
    tell: (upload, { location, number }) => {
      const { log, from, to } = upload
      if (log === 'dataCollector' && protocol !== 'ocpp2.1')
        return { unsupported: 'logs of a data collector are known from OCPP 2.1 on' }
      if (location === undefined) return nowhere
      return {
        payload: {
          logType: logTypes[log],
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
  })

/** GetLog — put a log somewhere, diagnostics or security. Whitepaper §5, 2.0.1 part 2 N01. A newer one cancels it. */
export const GetLog: Action = { 'ocpp1.6': [upload('ocpp1.6')], ...two(upload) }
