import { createHash, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sameCertificate, serialDigits } from '../../../core/domain/certificate.ts'
import { certified, day, ec, rsa, testAuthority } from '../../support/certificates.ts'

describe('a certificate', () => {
  it.each([
    ['P-256', () => ec()],
    ['RSA', () => rsa()],
  ])('is described as another implementation reads it (%s)', async (_, keys) => {
    const { authority } = await testAuthority()
    const root = await certified({ name: 'CN=Root, O=ACME', ca: true, keys: keys() })
    const leaf = await certified({ name: 'CN=SN-1', by: root, to: Date.UTC(2061, 1, 28) })
    for (const { pem } of [root, leaf]) {
      const read = new X509Certificate(pem)
      expect(await authority.describe(pem)).toEqual({
        subject: read.subject.replaceAll('\n', ', '),
        issuer: read.issuer.replaceAll('\n', ', '),
        notBefore: Date.parse(read.validFrom),
        notAfter: Date.parse(read.validTo),
        serial: read.serialNumber.toLowerCase(),
        isCa: read.ca,
        fingerprint: read.fingerprint256.replaceAll(':', '').toLowerCase(),
      })
    }
  })

  it('is nothing where the text is none', async () => {
    const { authority } = await testAuthority()
    const { pem } = await certified({})
    for (const text of ['', 'nonsense', pem.slice(0, 200), pem.replace('MII', 'MIJ')])
      expect(await authority.describe(text)).toBeUndefined()
  })

  it('is named by its issuer, whose certificate comes second, or is itself', async () => {
    const { authority } = await testAuthority()
    const root = await certified({ name: 'CN=Root', ca: true })
    const leaf = await certified({ name: 'CN=SN-1', by: root })
    // the public key without its algorithm: the last 65 bytes of a key on P-256
    const key = root.keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-65)
    const ofLeaf = await authority.hashDataOf(leaf.pem + '\n' + root.pem, 'SHA256')
    expect(ofLeaf).toEqual({
      hashAlgorithm: 'SHA256',
      issuerNameHash: createHash('sha256')
        .update(Buffer.from(root.certificate.subjectName.toArrayBuffer()))
        .digest('hex'),
      issuerKeyHash: createHash('sha256').update(key).digest('hex'),
      serialNumber: leaf.certificate.serialNumber.replace(/^0+/, ''),
    })
    const ofRoot = await authority.hashDataOf(root.pem, 'SHA256')
    expect([ofRoot?.issuerNameHash, ofRoot?.issuerKeyHash]).toEqual([ofLeaf?.issuerNameHash, ofLeaf?.issuerKeyHash])
    expect(await authority.hashDataOf(leaf.pem, 'SHA256')).toBeUndefined()
    expect(await authority.hashDataOf(leaf.pem + leaf.pem, 'SHA256')).toBeUndefined()
    expect(await authority.hashDataOf('nonsense', 'SHA256')).toBeUndefined()
  })

  it('is the same however a station writes its hashes', () => {
    const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'ab', issuerKeyHash: 'cd', serialNumber: 'a1' } as const
    expect(sameCertificate(hash, { ...hash, issuerNameHash: 'AB', issuerKeyHash: ' Cd', serialNumber: '00A1' })).toBe(
      true,
    )
    for (const other of [
      { hashAlgorithm: 'SHA384' },
      { issuerNameHash: 'ac' },
      { issuerKeyHash: 'ce' },
      { serialNumber: 'a10' },
    ])
      expect(sameCertificate(hash, { ...hash, ...other } as typeof hash)).toBe(false)
    expect([serialDigits('0'), serialDigits('000'), serialDigits('0F00')]).toEqual(['0', '0', 'f00'])
  })
})

describe('a new root', () => {
  it('succeeds the old one that has signed it, and no other', async () => {
    const { authority } = await testAuthority()
    const old = await certified({ name: 'CN=Root', ca: true })
    const namesake = await certified({ name: 'CN=Root', ca: true })
    const next = await certified({ name: 'CN=Root 2', ca: true, by: old })
    const isSuccessor = (of: { readonly pem: string }, to = old) => authority.isSuccessor(of.pem, to.pem)
    expect(await isSuccessor(next)).toBe(true)
    expect(await isSuccessor(next, namesake)).toBe(false)
    expect(await isSuccessor(old)).toBe(false)
    expect(await isSuccessor(namesake)).toBe(false)
    expect(await isSuccessor(await certified({ name: 'CN=Root 2', ca: true }))).toBe(false)
    expect(await isSuccessor(await certified({ name: 'CN=Leaf', by: old }))).toBe(false)
    expect(await isSuccessor(await certified({ ca: true, by: old, to: Date.now() - day / 2 }))).toBe(false)
    expect(await isSuccessor(await certified({ ca: true, by: old, from: Date.now() + day }))).toBe(false)
    expect(await isSuccessor({ pem: 'nonsense' })).toBe(false)
    expect(await isSuccessor(next, { ...old, pem: '' })).toBe(false)
  })

  it('is not succeeded by what a certificate has signed that is no authority', async () => {
    const { authority } = await testAuthority()
    const leaf = await certified({ name: 'CN=Root', ca: false })
    const notForThat = await certified({ name: 'CN=Root', ca: true, usage: 1 })
    for (const old of [leaf, notForThat])
      expect(await authority.isSuccessor((await certified({ ca: true, by: old })).pem, old.pem)).toBe(false)
  })
})
