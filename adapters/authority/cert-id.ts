import { createHash } from 'node:crypto'
import { type CertificateHash, type HashAlgorithm, serialDigits } from '../../core/domain/certificate.ts'
import { type Certificate } from './certificate.ts'
import { der, elementAt, elementsOf } from './der.ts'
import { inSequence } from './signed.ts'

/** A certificate as OCSP names it: CertID (RFC 6960 §4.1.1), which OCPP writes as CertificateHashData. */

const algorithms: Readonly<Record<HashAlgorithm, { readonly name: string; readonly oid: string }>> = {
  SHA256: { name: 'sha256', oid: '608648016503040201' },
  SHA384: { name: 'sha384', oid: '608648016503040202' },
  SHA512: { name: 'sha512', oid: '608648016503040203' },
}

export const hashOf = (algorithm: HashAlgorithm, bytes: Uint8Array): string =>
  createHash(algorithms[algorithm].name).update(bytes).digest('hex')

/** Undefined where its values are no hexadecimal digits. */
export const certIdOf = (hash: CertificateHash): Uint8Array<ArrayBuffer> | undefined => {
  const { name, key, serial } = bytesOf(hash)
  if (name === undefined || key === undefined || serial === undefined) return undefined
  const algorithm = der(0x30, der(0x06, Buffer.from(algorithms[hash.hashAlgorithm].oid, 'hex')), der(0x05))
  return der(0x30, algorithm, der(0x04, name), der(0x04, key), der(0x02, serial))
}

/** Whether a CertID is the one of this certificate; a responder may leave out the parameters that mean nothing. */
export const isCertId = (certId: Uint8Array, hash: CertificateHash): boolean => {
  const parts = elementsOf(certId)
  const oid = elementAt(elementsOf(inSequence(parts[0])), 0)
  const digits = (place: number): string => Buffer.from(elementAt(parts, place).content).toString('hex')
  return (
    Buffer.from(oid.content).toString('hex') === algorithms[hash.hashAlgorithm].oid &&
    digits(1) === hash.issuerNameHash.trim().toLowerCase() &&
    digits(2) === hash.issuerKeyHash.trim().toLowerCase() &&
    serialDigits(digits(3)) === serialDigits(hash.serialNumber)
  )
}

/** Whether this one has issued it, by its name and its key. */
export const isIssuer = (certificate: Certificate, hash: CertificateHash): boolean =>
  hashOf(hash.hashAlgorithm, certificate.subject) === hash.issuerNameHash.trim().toLowerCase() &&
  hashOf(hash.hashAlgorithm, certificate.keyBits) === hash.issuerKeyHash.trim().toLowerCase()

const bytesOf = ({ issuerNameHash, issuerKeyHash, serialNumber }: CertificateHash) => {
  const serial = serialDigits(serialNumber)
  // a number whose first bit is set would be a negative one
  const even = serial.length % 2 === 1 ? `0${serial}` : serial
  return {
    name: hexadecimal(issuerNameHash.trim()),
    key: hexadecimal(issuerKeyHash.trim()),
    serial: hexadecimal(/^[89a-f]/.test(even) ? `00${even}` : even),
  }
}

const hexadecimal = (text: string): Uint8Array | undefined =>
  /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : undefined
