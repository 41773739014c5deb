import type { GetDiagnosticsResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { formatInstant } from '../../domain/instant.ts'
import { accepted, type Action, order } from '../dialect.ts'
import { attempts, nowhere, superseding } from './upload.ts'

/** GetDiagnostics — put the diagnostics somewhere. OCPP 1.6 §5.9. Without a file name there is nothing to be had. */
export const GetDiagnostics: Action = {
  'ocpp1.6': [
    order('uploadLog', {
      action: 'GetDiagnostics',
      tell: (upload, { location }) => {
        const { log, extended, from, to } = upload
        if (log !== 'diagnostics' || extended === true) return { otherwise: true }
        if (location === undefined) return nowhere
        return {
          payload: {
            location,
            ...attempts(upload),
            ...(from !== undefined && { startTime: formatInstant(from) }),
            ...(to !== undefined && { stopTime: formatInstant(to) }),
          },
          expects: { type: 'log' },
        }
      },
      told: ({ fileName }: GetDiagnosticsResponse) =>
        fileName === undefined || fileName === ''
          ? { accepted: true, note: 'the charge point has no diagnostics', isAll: true }
          : accepted(fileName, superseding),
    }),
  ],
}
