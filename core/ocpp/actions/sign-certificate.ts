import type { SignCertificateRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import type { SignCertificateRequest as SignCertificateRequest2 } from 'typed-ocpp/dist/ocpp21/types.js'
import { clean } from '../../domain/text.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { hashIn, purposeOf } from './certificate.ts'

/**
 * SignCertificate — the station wants a certificate for its key. Whitepaper §5, 2.0.1 part 2 A02, A03. The certificate
 * follows by itself.
 */
export const SignCertificate: Action = {
  'ocpp1.6': [
    dialect('certificate', {
      request: 'SignCertificateRequest',
      ask: ({ csr }: SignCertificateRequest) => ({ type: 'certificate', csr: clean(csr, 5_500), use: 'station' }),
      answer: (answer) => ({ status: answer.accepted ? 'Accepted' : 'Rejected' }),
    }),
  ],
  ...two(
    dialect('certificate', {
      request: 'SignCertificateRequest',
      ask: ({ csr, certificateType, requestId, hashRootCertificate }: SignCertificateRequest2) => ({
        type: 'certificate',
        csr: clean(csr, 5_500),
        use: purposeOf(certificateType),
        ...(requestId !== undefined && { request: requestId }),
        ...(hashRootCertificate !== undefined && { root: hashIn(hashRootCertificate) }),
      }),
      answer: (answer) => ({ status: answer.accepted ? 'Accepted' : 'Rejected' }),
    }),
  ),
}
