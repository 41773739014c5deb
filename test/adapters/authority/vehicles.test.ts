import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { CertificateUse } from '../../../core/domain/certificate.ts'
import { certified, named, pemOfKey, request, testAuthority } from '../../support/certificates.ts'
import { chainOf, pki } from '../../support/pki.ts'

const given = await pki()
const { authority } = await testAuthority({
  givenV2g: {
    certificate: chainOf(given.cpoSub2, given.cpoSub1, given.v2gRoot),
    privateKey: pemOfKey(given.cpoSub2.keys),
  },
})
const signed = async (use: CertificateUse, by = authority) => {
  const made = await by.sign(await request(named('SN-1')), {
    tenant: 'default',
    commonName: 'SN-1',
    use,
    lifetimeDays: 1,
  })
  if ('refused' in made) throw new Error(made.refused)
  return made
}
const [server, client] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']

describe('certificates that charge points show to vehicles', () => {
  it('are signed by the V2G authority of the settings, with those up to the root; the others are not', async () => {
    for (const use of ['v2g', 'v2g20'] as const) {
      const { chain } = await signed(use)
      const [leaf, sub2, sub1, ...more] = chain.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? []
      expect(new X509Certificate(leaf ?? '').checkIssued(new X509Certificate(given.cpoSub2.pem))).toBe(true)
      expect([sub2, sub1].map((pem) => new X509Certificate(pem ?? '').subject)).toEqual(
        [given.cpoSub2, given.cpoSub1].map(({ pem }) => new X509Certificate(pem).subject),
      )
      expect(more).toEqual([])
    }
    for (const use of ['station', 'both'] as const)
      expect(new X509Certificate((await signed(use)).chain).issuer).toContain('O=Stationmaster')
  })

  it('are for vehicles alone: nobody comes in here with one', async () => {
    const uses = ['station', 'v2g', 'v2g20', 'both'] as const
    const certificates = await Promise.all(uses.map(async (use) => new X509Certificate((await signed(use)).chain)))
    expect(certificates.map(({ keyUsage }) => keyUsage)).toEqual([[client], [server], [server], [client, server]])
    expect(certificates.map(({ subject }) => subject.split('\n').includes('DC=CPO'))).toEqual([false, true, true, true])
  })

  it('lead to a root that a station may name (2.1)', async () => {
    const hash = await authority.hashDataOf(given.v2gRoot.pem, 'SHA256')
    const own = await authority.hashDataOf((await authority.root('default')).certificate, 'SHA512')
    const other = await authority.hashDataOf((await certified({ ca: true })).pem, 'SHA256')
    if (hash === undefined || own === undefined || other === undefined) throw new Error('no hash')
    const isUnder = (root: typeof hash, use: CertificateUse) => authority.isUnder(root, { tenant: 'default', use })
    expect(await Promise.all([isUnder(hash, 'v2g'), isUnder(hash, 'station')])).toEqual([true, false])
    expect(await Promise.all([isUnder(own, 'v2g'), isUnder(own, 'station')])).toEqual([false, true])
    expect(await Promise.all([isUnder(other, 'v2g'), isUnder(other, 'both')])).toEqual([false, false])
    const shouted = {
      ...hash,
      issuerNameHash: hash.issuerNameHash.toUpperCase(),
      serialNumber: `00${hash.serialNumber}`,
    }
    expect(await isUnder(shouted, 'v2g20')).toBe(true)
  })
})
