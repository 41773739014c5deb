import type { InstallCertificateResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, failed, order, rejected } from '../dialect.ts'
import { uses } from './certificate.ts'

/** InstallCertificate — trust one more root. OCPP 1.6 security whitepaper §5 (M05). Rejected: it may not; Failed: it cannot. */
export const InstallCertificate: Action = {
  'ocpp1.6': [
    order('installCertificate', {
      action: 'InstallCertificate',
      tell: ({ use, certificate }) => ({ payload: { certificateType: uses[use], certificate } }),
      told: ({ status }: InstallCertificateResponse) =>
        status === 'Accepted' ? accepted() : status === 'Failed' ? failed(status) : rejected(status),
    }),
  ],
}
