import type { InstallCertificateResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, failed, order, rejected, type Told, two } from '../dialect.ts'
import { useFor, uses } from './certificate.ts'

/**
 * InstallCertificate — trust one more root. OCPP 1.6 security whitepaper §5, 2.0.1 part 2 M05. Rejected: it may not; Failed:
 * it cannot.
 */
export const InstallCertificate: Action = {
  'ocpp1.6': [
    order('installCertificate', {
      action: 'InstallCertificate',
      tell: ({ use, certificate }) =>
        uses[use] === undefined ? { otherwise: true } : { payload: { certificateType: uses[use], certificate } },
      told: (response: InstallCertificateResponse) => toldOf(response),
    }),
  ],
  ...two((protocol) =>
    order('installCertificate', {
      action: 'InstallCertificate',
      tell: ({ use, certificate }) => {
        const found = useFor(use, protocol)
        return 'word' in found ? { payload: { certificateType: found.word, certificate } } : found
      },
      told: (response: InstallCertificateResponse) => toldOf(response),
    }),
  ),
}

const toldOf = ({ status }: InstallCertificateResponse): Told =>
  status === 'Accepted' ? accepted() : status === 'Failed' ? failed(status) : rejected(status)
