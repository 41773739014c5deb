import type {
  CertificateSignedRequest,
  CertificateSignedResponse,
  DeleteCertificateRequest,
  DeleteCertificateResponse,
  GetInstalledCertificateIdsRequest,
  GetInstalledCertificateIdsResponse,
  InstallCertificateRequest,
  InstallCertificateResponse,
  InstallCertificateUseEnumType,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

const uses: readonly InstallCertificateUseEnumType[] = [
  'CSMSRootCertificate',
  'MORootCertificate',
  'ManufacturerRootCertificate',
  'OEMRootCertificate',
  'V2GRootCertificate',
]

/** From this profile on the certificate is what the connection stands on. */
const withCertificate = 3
const redialMs = 200

/** Blocks A and M: the station's own certificates, and whom it trusts. */
export const certificates = {
  InstallCertificate: (
    { certificates: store, time }: Station,
    { certificateType, certificate }: InstallCertificateRequest,
  ): Reply<InstallCertificateResponse> => status(store.install(certificateType, certificate, time.now())),

  DeleteCertificate: (
    { certificates: store }: Station,
    { certificateHashData }: DeleteCertificateRequest,
  ): Reply<DeleteCertificateResponse> => status(store.delete(certificateHashData) ? 'Accepted' : 'NotFound'),

  GetInstalledCertificateIds(
    { certificates: store }: Station,
    { certificateType: wanted }: GetInstalledCertificateIdsRequest,
  ): Reply<GetInstalledCertificateIdsResponse> {
    const certificateHashDataChain = uses
      .filter((use) => wanted === undefined || wanted.includes(use))
      .flatMap((use) => store.hashes(use).map((certificateHashData) => ({ certificateType: use, certificateHashData })))
    return certificateHashDataChain.length === 0
      ? status('NotFound')
      : { answer: { status: 'Accepted', certificateHashDataChain } }
  },

  CertificateSigned(
    station: Station,
    { certificateChain, certificateType = 'ChargingStationCertificate', requestId }: CertificateSignedRequest,
  ): Reply<CertificateSignedResponse> {
    const { credentials, line } = station
    if (!credentials.take(certificateType, certificateChain, requestId)) return status('Rejected')
    return status('Accepted', () => {
      if (credentials.profile >= withCertificate) station.after(redialMs, () => line.breakOff(redialMs))
    })
  },
}
