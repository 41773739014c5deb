import type { GetCertificateChainStatusRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { formatInstant } from '../../domain/instant.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect } from '../dialect.ts'
import { hashIn } from './certificate.ts'

/** GetCertificateChainStatus — whether the certificates that a vehicle has shown still count, by OCSP or lists. 2.1 part 2 M07. */
export const GetCertificateChainStatus: Action = {
  'ocpp2.1': [
    dialect('certificateChain', {
      request: 'GetCertificateChainStatusRequest',
      ask: ({ certificateStatusRequests }: GetCertificateChainStatusRequest) => ({
        type: 'certificateChain',
        questions: certificateStatusRequests.map(({ certificateHashData, source, urls }) => ({
          hash: hashIn(certificateHashData),
          source: source === 'OCSP' ? ('ocsp' as const) : ('crl' as const),
          urls: urls.map((url) => clean(url, 2_000)),
        })),
      }),
      answer: ({ answers }) => ({
        certificateStatus: answers.map(({ question: { hash, source }, status, nextUpdate }) => ({
          certificateHashData: hash,
          source: source === 'ocsp' ? 'OCSP' : 'CRL',
          status: words[status],
          nextUpdate: formatInstant(nextUpdate),
        })),
      }),
    }),
  ],
}

const words = { good: 'Good', revoked: 'Revoked', unknown: 'Unknown', failed: 'Failed' } as const
