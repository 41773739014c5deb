import type { GetInstalledCertificateIdsResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, order } from '../dialect.ts'
import { type Hash16, uses } from './certificate.ts'

/** GetInstalledCertificateIds — the roots a station trusts. Whitepaper §5 (M03). NotFound: none of this kind. */
export const GetInstalledCertificateIds: Action = {
  'ocpp1.6': [
    order('listCertificates', {
      action: 'GetInstalledCertificateIds',
      tell: ({ use }) => ({ payload: { certificateType: uses[use] } }),
      told: ({ status, certificateHashData }: GetInstalledCertificateIdsResponse, { use }) => {
        const found = status === 'Accepted' ? ((certificateHashData ?? []) as readonly Hash16[]) : []
        const hashes = found.map((h) => ({
          algorithm: h.hashAlgorithm,
          issuerName: h.issuerNameHash,
          issuerKey: h.issuerKeyHash,
          serial: h.serialNumber,
        }))
        return accepted(`${hashes.length} installed`, [{ type: 'certificates', use, hashes }])
      },
    }),
  ],
}
