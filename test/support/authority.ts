import 'reflect-metadata'
import { createPrivateKey, type KeyObject } from 'node:crypto'
import {
  BasicConstraintsExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

const day = 86_400_000
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

export interface Authority {
  /** PEM. */
  readonly root: string
  /** A certificate for a request, or for a key of its own; PEM. */
  issue(request: string, validMs?: number): Promise<string>
  issueFor(name: string): Promise<Owned>
}

export interface Owned {
  /** PEM; it is of the host of that name, too. */
  readonly certificate: string
  readonly key: KeyObject
}

interface Wanted {
  readonly subject: string
  readonly publicKey: CryptoKey
  readonly validMs?: number | undefined
  readonly host?: string
}

/** A certificate authority of a test, valid around a moment. */
export const authority = async (name: string, now: number): Promise<Authority> => {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const validity = { notBefore: new Date(now - day), notAfter: new Date(now + 365 * day) }
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '00a1b2',
    name: `CN=${name}, O=Test`,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
    ...validity,
  })
  let serial = 0
  const sign = async ({ subject, publicKey, validMs = 365 * day, host }: Wanted): Promise<string> => {
    const certificate = await X509CertificateGenerator.create({
      serialNumber: (++serial).toString(16).padStart(2, '0'),
      subject,
      issuer: root.subject,
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      ...validity,
      notAfter: new Date(now + validMs),
      ...(host !== undefined && { extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: host }])] }),
    })
    return certificate.toString('pem')
  }
  return {
    root: root.toString('pem'),
    async issue(request, validMs) {
      const csr = new Pkcs10CertificateRequest(request)
      return sign({ subject: csr.subject, publicKey: await csr.publicKey.export(), validMs })
    },
    async issueFor(host) {
      const own = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', own.privateKey))
      return {
        certificate: await sign({ subject: `CN=${host}`, publicKey: own.publicKey, host }),
        key: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
      }
    },
  }
}
