import type { SignedUpdateFirmwareResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { formatInstant } from '../../domain/instant.ts'
import { accepted, type Action, order, rejected } from '../dialect.ts'
import { attempts, effectOf, nowhere } from './firmware.ts'

/** SignedUpdateFirmware — the same for an image whose maker vouches for it. OCPP 1.6 security whitepaper §5 (L01). */
export const SignedUpdateFirmware: Action = {
  'ocpp1.6': [
    order('updateFirmware', {
      action: 'SignedUpdateFirmware',
      tell: (update, { location, now, number }) => {
        const { signature, signingCertificate, installAt } = update
        if (signature === undefined || signingCertificate === undefined) return { otherwise: true }
        if (location === undefined) return nowhere
        return {
          payload: {
            requestId: number,
            firmware: {
              location,
              retrieveDateTime: formatInstant(update.retrieveAt ?? now),
              ...(installAt !== undefined && { installDateTime: formatInstant(installAt) }),
              signingCertificate,
              signature,
            },
            ...attempts(update),
          },
          expects: effectOf(update, number),
        }
      },
      told: ({ status }: SignedUpdateFirmwareResponse) =>
        status === 'Accepted' || status === 'AcceptedCanceled'
          ? accepted(status === 'AcceptedCanceled' ? 'an older update was cancelled by it' : undefined, [
              { type: 'supersedes', effect: 'firmware' },
            ])
          : rejected(status),
    }),
  ],
}
