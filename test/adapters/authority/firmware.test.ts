import { constants, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SignedFirmware } from '../../../core/ports/authority.ts'
import { type Certified, certified, day, ec, type Keys, rsa, testAuthority, x509 } from '../../support/certificates.ts'

const bytes = Buffer.from('firmware '.repeat(1_000))
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }

async function* inPieces(of: Uint8Array, size = 1_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < of.length; at += size) yield of.subarray(at, at + size)
}
const signatureOf = ({ privateKey: key }: Keys, how: object = pss): string =>
  sign('sha256', bytes, key.asymmetricKeyType === 'rsa' ? { key, ...how } : key).toString('base64')

const answerTo = async (signer: Certified, root: Certified, change: Partial<SignedFirmware> = {}): Promise<unknown> => {
  const { authority } = await testAuthority()
  return authority.verifyFirmware({
    content: inPieces(bytes),
    signature: signatureOf(signer.keys),
    signingCertificate: signer.pem,
    roots: [root.pem],
    ...change,
  })
}
const refused = (reason: RegExp): object => ({ refused: expect.stringMatching(reason) })
const manufacturer = (): Promise<Certified> => certified({ name: 'CN=Manufacturer', ca: true })

describe('a firmware (A00.FR.706)', () => {
  it.each([
    ['ECDSA P-256', () => ec()],
    ['ECDSA P-384', () => ec('P-384')],
    ['RSA-PSS', () => rsa()],
  ])('is verified with its signature (%s) and a certificate that leads to the manufacturer', async (_, keys) => {
    const root = await manufacturer()
    const signer = await certified({ keys: keys(), by: root, usage: 1, purposes: ['1.3.6.1.5.5.7.3.3'] })
    expect(await answerTo(signer, root)).toEqual({ verified: true })
  })

  it('may have its certificate signed by an authority between it and the root, which comes along', async () => {
    const root = await manufacturer()
    const middle = await certified({ name: 'CN=Middle', ca: true, pathLength: 0, by: root, keys: rsa() })
    const signer = await certified({ by: middle })
    expect(await answerTo(signer, root)).toEqual(refused(/leads to no root/))
    expect(await answerTo(signer, root, { signingCertificate: `${signer.pem}\n${middle.pem}` })).toEqual({
      verified: true,
    })
  })

  it('may have a signing certificate that is trusted itself', async () => {
    const signer = await certified({})
    expect(await answerTo(signer, signer)).toEqual({ verified: true })
  })

  it.each([0, 20, 222])('may be signed by RSA-PSS with a salt of %i bytes', async (saltLength) => {
    const root = await manufacturer()
    const signer = await certified({ keys: rsa(), by: root })
    const signature = signatureOf(signer.keys, { ...pss, saltLength })
    expect(await answerTo(signer, root, { signature })).toEqual({ verified: true })
  })

  it('is refused when it is another, or its signature is', async () => {
    const root = await manufacturer()
    for (const keys of [ec(), rsa()]) {
      const signer = await certified({ keys, by: root })
      const changed = Buffer.from(bytes)
      changed[5_000] = 0
      for (const change of [
        { content: inPieces(changed) },
        { content: inPieces(bytes.subarray(1)) },
        { content: inPieces(Buffer.alloc(0)) },
        { signature: signatureOf(ec()) },
        { signature: signatureOf(rsa()) },
        { signature: 'AAAA' },
      ])
        expect(await answerTo(signer, root, change)).toEqual(refused(/signature is not one of this content/))
      for (const signature of ['', '*', '=AAA'])
        expect(await answerTo(signer, root, { signature })).toEqual(refused(/not base64/))
    }
  })

  it('is refused when RSA signed it in the older way, which no station takes', async () => {
    const root = await manufacturer()
    const signer = await certified({ keys: rsa(), by: root })
    const signature = signatureOf(signer.keys, { padding: constants.RSA_PKCS1_PADDING })
    expect(await answerTo(signer, root, { signature })).toEqual(refused(/signature is not one/))
  })

  const faults: readonly (readonly [string, (root: Certified) => Promise<Certified>, RegExp])[] = [
    ['has expired', (by) => certified({ by, to: Date.now() - day / 2 }), /has expired/],
    ['is not valid yet', (by) => certified({ by, from: Date.now() + day }), /not valid yet/],
    ['is for servers', (by) => certified({ by, purposes: ['1.3.6.1.5.5.7.3.1'] }), /not for signing programs/],
    ['may only certify', (by) => certified({ by, usage: 32 }), /not for signing programs/],
    ['has a weak key', (by) => certified({ by, keys: rsa(1_024) }), /1024 bits/],
    ['signed itself', () => certified({}), /leads to no root/],
    ['is signed by a namesake', async () => certified({ by: await manufacturer() }), /leads to no root/],
    [
      'demands what is not understood here',
      (by) => certified({ by, more: [new x509.Extension('1.2.3.4', true, Uint8Array.of(5, 0))] }),
      /leads to no root/,
    ],
  ]
  it.each(faults)('is refused when its certificate %s', async (_, certificate, reason) => {
    const root = await manufacturer()
    expect(await answerTo(await certificate(root), root)).toEqual(refused(reason))
  })

  const middles: readonly (readonly [string, (root: Certified) => Promise<Certified>])[] = [
    ['is no authority', (by) => certified({ by, name: 'CN=Middle' })],
    ['may not certify', (by) => certified({ by, name: 'CN=Middle', ca: true, usage: 1 })],
    ['has expired', (by) => certified({ by, name: 'CN=Middle', ca: true, to: Date.now() - day / 2 })],
    ['has a weak key', (by) => certified({ by, name: 'CN=Middle', ca: true, keys: rsa(1_024) })],
  ]
  it.each(middles)('is refused when what is between it and the root %s', async (_, certificate) => {
    const root = await manufacturer()
    const middle = await certificate(root)
    const signer = await certified({ by: middle })
    expect(await answerTo(signer, root, { signingCertificate: signer.pem + '\n' + middle.pem })).toEqual(
      refused(/leads to no root/),
    )
  })

  it('is refused when there are more authorities on the way than one of them allows', async () => {
    const root = await certified({ name: 'CN=Manufacturer', ca: true, pathLength: 0 })
    const middle = await certified({ by: root, name: 'CN=Middle', ca: true })
    const signer = await certified({ by: middle })
    expect(await answerTo(signer, root, { signingCertificate: signer.pem + '\n' + middle.pem })).toEqual(
      refused(/leads to no root/),
    )
  })

  it('is refused where authorities certify each other in a circle', async () => {
    const keys = ec()
    const a = await certified({ name: 'CN=A', ca: true, keys })
    const b = await certified({ name: 'CN=B', ca: true, by: a })
    const again = await certified({ name: 'CN=A', ca: true, keys, by: b })
    const signer = await certified({ by: b })
    const signingCertificate = [signer, again, b].map(({ pem }) => pem).join('\n')
    expect(await answerTo(signer, await manufacturer(), { signingCertificate })).toEqual(refused(/leads to no root/))
  })

  it('is refused, and not read, when its certificate is none, or nothing is trusted', async () => {
    const signer = await certified({})
    let isRead = false
    const content = (async function* () {
      isRead = true
      yield bytes
    })()
    expect(await answerTo(signer, signer, { content, signingCertificate: 'nonsense' })).toEqual(
      refused(/cannot be read/),
    )
    expect(await answerTo(signer, signer, { content, roots: [] })).toEqual(refused(/leads to no root/))
    expect(await answerTo(signer, signer, { content, roots: ['nonsense'] })).toEqual(refused(/leads to no root/))
    expect(isRead).toBe(false)
  })

  it('is not verified where its certificate says twice what it may do', async () => {
    const root = await manufacturer()
    const signer = await certified({ by: root, more: [new x509.BasicConstraintsExtension(true)] })
    const leaf = await certified({ by: signer })
    expect(await answerTo(leaf, root, { signingCertificate: leaf.pem + '\n' + signer.pem })).toEqual(
      refused(/leads to no root/),
    )
  })
})
