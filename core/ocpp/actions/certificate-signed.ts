import type { CertificateSignedResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, order, rejected } from '../dialect.ts'

/** CertificateSigned — the certificate that was asked for. Whitepaper §5 (A02). Rejected: it does not fit, and is not used. */
export const CertificateSigned: Action = {
  'ocpp1.6': [
    order('deliverCertificate', {
      action: 'CertificateSigned',
      tell: ({ chain }) => ({ payload: { certificateChain: chain } }),
      told: ({ status }: CertificateSignedResponse, { serial }) =>
        status === 'Accepted'
          ? accepted(undefined, [{ type: 'certificate.delivered', serial, accepted: true }])
          : rejected(status, [{ type: 'certificate.delivered', serial, accepted: false }]),
    }),
  ],
}
