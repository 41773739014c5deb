import { type Action, order } from '../dialect.ts'
import { signedUpdate, updateTold } from './signed-update.ts'

/** SignedUpdateFirmware — the same for an image whose maker vouches for it. OCPP 1.6 security whitepaper §5 (L01). */
export const SignedUpdateFirmware: Action = {
  'ocpp1.6': [
    order('updateFirmware', {
      action: 'SignedUpdateFirmware',
      tell: (update, context) =>
        update.signature === undefined || update.signingCertificate === undefined
          ? { otherwise: true }
          : signedUpdate(update, context),
      told: updateTold,
    }),
  ],
}
