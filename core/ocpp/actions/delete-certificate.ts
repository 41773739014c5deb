import type { DeleteCertificateResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, failed, order, rejected, type Told, two } from '../dialect.ts'
import { isOfExtension } from './certificate.ts'

/**
 * DeleteCertificate — trust one root less, named by the hashes that the station itself reported. Whitepaper §5, 2.0.1 part 2
 * M04. In 2.x also what it shows to vehicles; never what it shows to us.
 */
export const DeleteCertificate: Action = {
  'ocpp1.6': [
    order('deleteCertificate', {
      action: 'DeleteCertificate',
      tell: ({ hash, use }) => (isOfExtension(use) ? { payload: { certificateHashData: hash } } : { otherwise: true }),
      told: (response: DeleteCertificateResponse) => toldOf(response),
    }),
  ],
  ...two(
    order('deleteCertificate', {
      action: 'DeleteCertificate',
      tell: ({ hash }) => ({ payload: { certificateHashData: hash } }),
      told: (response: DeleteCertificateResponse) => toldOf(response),
    }),
  ),
}

const toldOf = ({ status }: DeleteCertificateResponse): Told =>
  status === 'Accepted'
    ? accepted()
    : status === 'Failed'
      ? failed(status)
      : rejected('the charge point has no such certificate')
