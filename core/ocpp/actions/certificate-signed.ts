import type { CertificateSignedResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, order, type OrderOf, rejected, type Told, two } from '../dialect.ts'
import { purposeFor } from './certificate.ts'

/**
 * CertificateSigned — the certificate that was asked for. Whitepaper §5, 2.0.1 part 2 A02, A03. Rejected: it does not fit,
 * and is not used. From 2.1 on it names the request that it answers.
 */
export const CertificateSigned: Action = {
  'ocpp1.6': [
    order('deliverCertificate', {
      action: 'CertificateSigned',
      tell: ({ chain, use = 'station' }) =>
        use === 'station' ? { payload: { certificateChain: chain } } : { otherwise: true },
      told: (response: CertificateSignedResponse, wanted) => toldOf(response, wanted),
    }),
  ],
  ...two((protocol) =>
    order('deliverCertificate', {
      action: 'CertificateSigned',
      tell: ({ chain, use = 'station', request }) => ({
        payload: {
          certificateChain: chain,
          ...purposeFor(use),
          ...(protocol === 'ocpp2.1' && request !== undefined && { requestId: request }),
        },
      }),
      told: (response: CertificateSignedResponse, wanted) => toldOf(response, wanted),
    }),
  ),
}

const toldOf = ({ status }: CertificateSignedResponse, { serial }: OrderOf<'deliverCertificate'>): Told =>
  status === 'Accepted'
    ? accepted(undefined, [{ type: 'certificate.delivered', serial, accepted: true }])
    : rejected(status, [{ type: 'certificate.delivered', serial, accepted: false }])
