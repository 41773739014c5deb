import type { GetInstalledCertificateIdsResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { CertificateHash } from '../../domain/certificate.ts'
import { clean } from '../../domain/text.ts'
import { accepted, type Action, order } from '../dialect.ts'
import { uses } from './certificate.ts'

const hashIn = (hash: CertificateHash): CertificateHash => ({
  hashAlgorithm: hash.hashAlgorithm,
  issuerNameHash: clean(hash.issuerNameHash, 128),
  issuerKeyHash: clean(hash.issuerKeyHash, 128),
  serialNumber: clean(hash.serialNumber, 40),
})

/** GetInstalledCertificateIds — the roots a station trusts. Whitepaper §5 (M03). NotFound: none of this kind. */
export const GetInstalledCertificateIds: Action = {
  'ocpp1.6': [
    order('listCertificates', {
      action: 'GetInstalledCertificateIds',
      tell: ({ use }) => ({ payload: { certificateType: uses[use] } }),
      told: ({ status, certificateHashData }: GetInstalledCertificateIdsResponse, { use }) => {
        const hashes = status === 'Accepted' ? (certificateHashData ?? []).map(hashIn) : []
        return accepted(`${hashes.length} installed`, [{ type: 'certificates', use, hashes }])
      },
    }),
  ],
}
