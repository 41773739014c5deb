import { randomBytes } from 'node:crypto'
import type { PublicKey, SubjectKeyIdentifierExtension } from '@peculiar/x509'
import type { CertificateUse } from '../../core/domain/certificate.ts'
import type { Signed, Wanted } from '../../core/ports/authority.ts'
import { describe, isEqual } from './certificate.ts'
import { pemOf } from './pem.ts'
import { p256, type Signer } from './signer.ts'

const dayMs = 86_400_000
const rootLifeDays = 25 * 365
/** Clocks of stations are wrong: what begins now has begun a little before. */
const earlierMs = { root: dayMs, station: 3_600_000 }
const usage = { digitalSignature: 1, keyAgreement: 16, keyCertSign: 32, cRLSign: 64 }
const serverAuthentication = '1.3.6.1.5.5.7.3.1'
const clientAuthentication = '1.3.6.1.5.5.7.3.2'

/** To us a station is a client; to vehicles it is a server. One for vehicles alone opens nothing here. */
const purposes: Readonly<Record<CertificateUse, readonly string[]>> = {
  station: [clientAuthentication],
  v2g: [serverAuthentication],
  v2g20: [serverAuthentication],
  both: [clientAuthentication, serverAuthentication],
}

/** Written as it is: the library would read meaning into a `#` or a quotation mark. */
const text = (utf8String: string) => [{ utf8String }]

/** 16 random bytes, neither negative nor with zeroes in front: they are the same digits wherever they are written. */
const newSerial = (): string => {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

/** A root of our own for one tenant, and its private key: PEM texts. */
export const newRoot = async (
  tenant: string,
  now: number,
): Promise<{ readonly certificate: string; readonly privateKey: string }> => {
  const x509 = await import('./x509.ts')
  const keys = (await crypto.subtle.generateKey(p256, true, ['sign', 'verify'])) as CryptoKeyPair
  const name = new x509.Name([{ O: text('Stationmaster') }, { OU: text('Charge points') }, { CN: text(tenant) }])
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name,
    notBefore: new Date(now - earlierMs.root),
    notAfter: new Date(now + rootLifeDays * dayMs),
    keys,
    signingAlgorithm: p256,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(usage.keyCertSign | usage.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const privateKey = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    certificate: pemOf(new Uint8Array(root.rawData), 'CERTIFICATE'),
    privateKey: pemOf(new Uint8Array(privateKey), 'PRIVATE KEY'),
  }
}

/** A station's certificate: for its key and the names that were checked, for what it was asked, and for nothing else. */
export const issue = async (signer: Signer, publicKey: PublicKey, wanted: Wanted, now: number): Promise<Signed> => {
  const x509 = await import('./x509.ts')
  const [authority] = signer.certificates
  const { commonName, organisation, lifetimeDays, use = 'station' } = wanted
  const subject = new x509.Name([
    // vehicles look for it in what a charge point shows them (ISO 15118-2 annex F)
    ...(use === 'station' ? [] : [{ DC: [{ ia5String: 'CPO' }] }]),
    ...(organisation === undefined ? [] : [{ O: text(organisation) }]),
    { CN: text(commonName) },
  ])
  const identifier =
    authority.parsed.getExtension<SubjectKeyIdentifierExtension>('2.5.29.14') ??
    (await x509.SubjectKeyIdentifierExtension.create(authority.parsed.publicKey))
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject,
    issuer: authority.parsed.subjectName,
    notBefore: new Date(now - earlierMs.station),
    notAfter: new Date(Math.min(now + lifetimeDays * dayMs, authority.parsed.notAfter.getTime())),
    publicKey,
    signingKey: signer.key,
    signingAlgorithm: signer.algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(usage.digitalSignature | (use === 'station' ? 0 : usage.keyAgreement), true),
      new x509.ExtendedKeyUsageExtension([...purposes[use]]),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      new x509.AuthorityKeyIdentifierExtension(identifier.keyId),
    ],
  })
  const der = new Uint8Array(certificate.rawData)
  const { serial, fingerprint, notBefore, notAfter } = describe({ der, parsed: certificate })
  const chain = [der, ...between(signer)].map((one) => pemOf(one, 'CERTIFICATE')).join('')
  return { chain, serial, fingerprint, notBefore, notAfter }
}

/** A root is not sent along: whoever checks the chain has it, or does not trust it. */
const between = ({ certificates }: Signer): readonly Uint8Array[] =>
  certificates.filter(({ issuer, subject }) => !isEqual(issuer, subject)).map(({ der }) => der)
