import type { SignCertificateRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import { clean } from '../../domain/text.ts'
import { type Action, dialect } from '../dialect.ts'

/** SignCertificate — the station wants a certificate for its key. Whitepaper §5 (A02). The certificate follows by itself. */
export const SignCertificate: Action = {
  'ocpp1.6': [
    dialect('certificate', {
      request: 'SignCertificateRequest',
      ask: ({ csr }: SignCertificateRequest) => ({ type: 'certificate', csr: clean(csr, 5_500) }),
      answer: (answer) => ({ status: answer.accepted ? 'Accepted' : 'Rejected' }),
    }),
  ],
}
