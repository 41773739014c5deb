import type { GetCertificateStatusRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { clean } from '../../domain/text.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { hashIn } from './certificate.ts'

/** So long an answer may be, in characters. */
const longest = { 'ocpp2.0.1': 5_500, 'ocpp2.1': 18_000 }

/**
 * GetCertificateStatus — whether a certificate of the charging infrastructure still counts: the answer of its issuer's
 * responder as it came, which the station shows to vehicles. 2.0.1 part 2 M06. In 2.1 superseded by GetCertificateChainStatus.
 */
export const GetCertificateStatus: Action = two((protocol) =>
  dialect('certificateStatus', {
    request: 'GetCertificateStatusRequest',
    ask: ({ ocspRequestData: { responderURL, ...hash } }: GetCertificateStatusRequest) => ({
      type: 'certificateStatus',
      question: { ...hashIn(hash), responderUrl: clean(responderURL, 2_000) },
    }),
    answer: ({ response }) =>
      response === undefined || response.length > longest[protocol]
        ? { status: 'Failed' }
        : { status: 'Accepted', ocspResult: response },
  }),
)
