import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/** The key a station has made for itself, and what it asks a certificate for it with. */
export interface KeyPair {
  readonly publicKey: KeyObject
  /** PKCS#8, PEM. */
  readonly privateKey: string
  /** PKCS#10, PEM. */
  readonly request: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }

/** A new key and its request for a certificate (A02): the common name is the station, the organisation its operator. */
export const makeKeyPair = async (name: string, organisation: string): Promise<KeyPair> => {
  // loaded when it is needed: it takes longer than all the rest of a station
  await import('reflect-metadata')
  const { Name, Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509')
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: new Name([{ CN: [name] }, { O: [organisation] }]),
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  })
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return {
    publicKey: createPublicKey(privateKey),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    request: request.toString('pem'),
  }
}
