import type { AuthorizeRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import { clean } from '../../domain/text.ts'
import type { AuthorizeRequest as AuthorizeRequest2 } from 'typed-ocpp/dist/ocpp21/types.js'
import { type Action, dialect, two } from '../dialect.ts'
import { idTagInfo } from './id-tag-info.ts'
import { idTokenInfo, presentedOf } from './id-token.ts'

/** Authorize — may this token charge? OCPP 1.6 §4.1, 2.0.1 part 2 C01, C07 (with certificates of ISO 15118). Over-long tokens come from readers that add bytes (handbook §9.3). */
export const Authorize: Action = {
  'ocpp1.6': [
    dialect('authorize', {
      request: 'AuthorizeRequest',
      leniency: 'texts',
      ask: (request: AuthorizeRequest) => ({ type: 'authorize', token: { uid: clean(request.idTag) } }),
      answer: (authorization) => ({ idTagInfo: idTagInfo(authorization) }),
    }),
  ],
  ...two((protocol) =>
    dialect('authorize', {
      request: 'AuthorizeRequest',
      leniency: 'texts',
      ask: ({ idToken, certificate, iso15118CertificateHashData }: AuthorizeRequest2) => ({
        type: 'authorize',
        token: presentedOf(idToken),
        ...(certificate !== undefined && { certificate: clean(certificate, 10_000) }),
        ...(iso15118CertificateHashData !== undefined && {
          certificateHashes: iso15118CertificateHashData.map(({ responderURL, ...hash }) => ({
            hashAlgorithm: hash.hashAlgorithm,
            issuerNameHash: clean(hash.issuerNameHash),
            issuerKeyHash: clean(hash.issuerKeyHash),
            serialNumber: clean(hash.serialNumber),
            responderUrl: clean(responderURL, 2_000),
          })),
        }),
      }),
      answer: ({ certificate, ...authorization }) => ({
        idTokenInfo: idTokenInfo(authorization, protocol),
        ...(certificate !== undefined && { certificateStatus: certificate }),
      }),
    }),
  ),
}
