import type {
  CertificateSignedRequest,
  CertificateSignedResponse,
  DeleteCertificateRequest,
  DeleteCertificateResponse,
  GetInstalledCertificateIdsRequest,
  GetInstalledCertificateIdsResponse,
  InstallCertificateRequest,
  InstallCertificateResponse,
} from 'typed-ocpp/dist/ocpp16/types.js'
import type { Charger } from '../charger.ts'
import { type Reply, status } from './reply.ts'

/** From this profile on the certificate is what the connection stands on. */
const withCertificate = 3
const redialMs = 200

export const certificates = {
  InstallCertificate(
    charger: Charger,
    { certificateType, certificate }: InstallCertificateRequest,
  ): Reply<InstallCertificateResponse> {
    return status(charger.certificates.install(certificateType, certificate, charger.time.now()))
  },

  DeleteCertificate: (
    charger: Charger,
    { certificateHashData }: DeleteCertificateRequest,
  ): Reply<DeleteCertificateResponse> =>
    status(charger.certificates.delete(certificateHashData) ? 'Accepted' : 'NotFound'),

  GetInstalledCertificateIds(
    charger: Charger,
    { certificateType }: GetInstalledCertificateIdsRequest,
  ): Reply<GetInstalledCertificateIdsResponse> {
    const certificateHashData = [...charger.certificates.hashes(certificateType)]
    return certificateHashData.length === 0
      ? status('NotFound')
      : { answer: { status: 'Accepted', certificateHashData } }
  },

  CertificateSigned(
    charger: Charger,
    { certificateChain }: CertificateSignedRequest,
  ): Reply<CertificateSignedResponse> {
    if (!charger.credentials.take(certificateChain)) return status('Rejected')
    return status('Accepted', () => {
      if (charger.credentials.profile < withCertificate) return
      charger.after(redialMs, () => charger.line.breakOff(redialMs))
    })
  },
}
