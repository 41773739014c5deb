import type { CertificateHash, CertificateUse } from '../../domain/certificate.ts'
import { type InstalledUse, installedUses } from '../../domain/order.ts'
import { clean } from '../../domain/text.ts'
import { type Protocol2, versionOf } from '../version.ts'

/** Certificates in the words of each version. */

/** Roots in those of the security extension of 1.6: it knows no others. */
export const uses: Readonly<Partial<Record<InstalledUse, string>>> = {
  centralSystem: 'CentralSystemRootCertificate',
  manufacturer: 'ManufacturerRootCertificate',
}

/** Whether 1.6 speaks of it in messages of its own; else in those of 2.0.1, which a DataTransfer carries. */
export const isOfExtension = (use: InstalledUse | undefined): boolean => use === undefined || uses[use] !== undefined

/** The same in 2.x (GetCertificateIdUseEnumType). */
const uses2: Readonly<Record<InstalledUse, string>> = {
  centralSystem: 'CSMSRootCertificate',
  manufacturer: 'ManufacturerRootCertificate',
  v2g: 'V2GRootCertificate',
  mo: 'MORootCertificate',
  oem: 'OEMRootCertificate',
  v2gChain: 'V2GCertificateChain',
}

/** The word for it in a version, or why it has none. */
export const useFor = (
  use: InstalledUse,
  protocol: Protocol2,
): { readonly word: string } | { readonly unsupported: string } =>
  use === 'oem' && protocol !== 'ocpp2.1'
    ? { unsupported: `OCPP ${versionOf(protocol)} knows no roots of car makers` }
    : { word: uses2[use] }

export const useOf = (word: string): InstalledUse | undefined => installedUses.find((use) => uses2[use] === word)

const purposes: Readonly<Record<Exclude<CertificateUse, 'both'>, string>> = {
  station: 'ChargingStationCertificate',
  v2g: 'V2GCertificate',
  v2g20: 'V2G20Certificate',
}

/** What a station's own certificate is for (CertificateSigningUseEnumType): one word, or none for both. */
export const purposeFor = (use: CertificateUse): { readonly certificateType?: string } =>
  use === 'both' ? {} : { certificateType: purposes[use] }

export const purposeOf = (word: string | undefined): CertificateUse =>
  (['station', 'v2g', 'v2g20'] as const).find((use) => purposes[use] === word) ?? 'both'

/** Hashes as a station wrote them. */
export const hashIn = (hash: CertificateHash): CertificateHash => ({
  hashAlgorithm: hash.hashAlgorithm,
  issuerNameHash: clean(hash.issuerNameHash, 128),
  issuerKeyHash: clean(hash.issuerKeyHash, 128),
  serialNumber: clean(hash.serialNumber, 40),
})
