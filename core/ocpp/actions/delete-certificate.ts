import type { DeleteCertificateResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, failed, order, rejected } from '../dialect.ts'
import type { Hash16 } from './certificate.ts'

/** DeleteCertificate — trust one root less, named by the hashes that the station itself reported. Whitepaper §5 (M04). */
export const DeleteCertificate: Action = {
  'ocpp1.6': [
    order('deleteCertificate', {
      action: 'DeleteCertificate',
      tell: ({ hash }) => ({
        payload: {
          certificateHashData: {
            hashAlgorithm: hash.algorithm,
            issuerNameHash: hash.issuerName,
            issuerKeyHash: hash.issuerKey,
            serialNumber: hash.serial,
          } satisfies Hash16,
        },
      }),
      told: ({ status }: DeleteCertificateResponse) =>
        status === 'Accepted'
          ? accepted()
          : status === 'Failed'
            ? failed(status)
            : rejected('the charge point has no such certificate'),
    }),
  ],
}
