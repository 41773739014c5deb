import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Element, elementsOf } from '../../../adapters/authority/der.ts'
import { createSealer } from '../../../adapters/seal.ts'
import type { Signed, Wanted } from '../../../core/ports/authority.ts'
import {
  certified,
  day,
  ec,
  memoryAuthorities,
  named,
  pemOfKey,
  request,
  rsa,
  testAuthority,
} from '../../support/certificates.ts'

const wanted: Wanted = { tenant: 'default', commonName: 'SN-1', organisation: 'ACME', lifetimeDays: 90 }
const signedOf = (answer: object): Signed => {
  expect(answer).not.toHaveProperty('refused')
  return answer as Signed
}
const split = (chain: string): readonly X509Certificate[] =>
  (chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  )

describe('an authority of its own', () => {
  it.each([
    ['P-256', () => ec('P-256')],
    ['P-384', () => ec('P-384')],
    ['RSA 2048', () => rsa()],
  ])('signs the request of a station with a key of %s, and another implementation verifies it', async (_, keys) => {
    const { authority } = await testAuthority()
    const own = keys()
    const { chain } = signedOf(await authority.sign(await request('CN=SN-1, O=ACME', own), wanted))
    const root = new X509Certificate((await authority.root('default')).certificate)
    const [leaf, ...more] = split(chain)
    expect([leaf?.verify(root.publicKey), leaf?.checkIssued(root), root.verify(root.publicKey)]).toEqual([
      true,
      true,
      true,
    ])
    expect(more).toEqual([])
    expect(leaf?.publicKey.equals(own.publicKey)).toBe(true)
  })

  it('certifies the names that were checked, for a client and for nothing else', async () => {
    const { authority, clock } = await testAuthority()
    const csr = await request('C=NL, O=ACME, OU=Field, CN=SN-1')
    const signed = signedOf(await authority.sign(csr, wanted))
    const [leaf] = split(signed.chain)
    expect(leaf?.subject).toBe('O=ACME\nCN=SN-1')
    expect([leaf?.ca, leaf?.subjectAltName, leaf?.keyUsage]).toEqual([false, undefined, ['1.3.6.1.5.5.7.3.2']])
    expect(signed).toMatchObject({
      serial: leaf?.serialNumber.toLowerCase(),
      fingerprint: leaf?.fingerprint256.replaceAll(':', '').toLowerCase(),
      notBefore: Date.parse(leaf?.validFrom ?? ''),
      notAfter: Date.parse(leaf?.validTo ?? ''),
    })
    expect(signed.notAfter).toBe(Math.floor((clock.now() + 90 * day) / 1_000) * 1_000)
    expect(signed.notBefore).toBeLessThan(clock.now())
    expect(signed.serial).toMatch(/^[4-7][0-9a-f]{31}$/)
  })

  it('leaves the organisation out where nobody says what it must be', async () => {
    const { authority } = await testAuthority()
    const { organisation: _, ...anyone } = wanted
    const signed = signedOf(await authority.sign(await request('CN=SN-1, O=Whoever'), anyone))
    expect(split(signed.chain)[0]?.subject).toBe('CN=SN-1')
  })

  it.each(['#0c03', '"quoted"', 'a, b', 'CN=x', 'back\\slash', 'Ä 充電桩', ' padded ', '+1;<>'])(
    'writes the name %j as it is',
    async (commonName) => {
      const { authority } = await testAuthority()
      const csr = await request(named(commonName))
      const signed = signedOf(await authority.sign(csr, { tenant: 'default', commonName, lifetimeDays: 1 }))
      expect(split(signed.chain)[0]?.toLegacyObject().subject).toMatchObject({ CN: commonName })
    },
  )

  it('is another one for every tenant, and the same for every process that asks at once', async () => {
    const store = memoryAuthorities()
    const [a, b] = [await testAuthority({ store }), await testAuthority({ store })]
    const roots = await Promise.all([a, b, a, b].map(({ authority }) => authority.root('default')))
    expect(new Set(roots.map(({ fingerprint }) => fingerprint)).size).toBe(1)
    expect(roots[0]).toMatchObject({
      isCa: true,
      source: 'own',
      subject: 'O=Stationmaster, OU=Charge points, CN=default',
    })
    expect((await b.authority.root('other')).fingerprint).not.toBe(roots[0]?.fingerprint)
    const signed = signedOf(await b.authority.sign(await request('CN=SN-1, O=ACME'), wanted))
    expect(split(signed.chain)[0]?.verify(new X509Certificate(roots[0]?.certificate ?? '').publicKey)).toBe(true)
  })

  it('S-08: keeps its private key sealed, and says so where the pepper is another', async () => {
    const { authority, store } = await testAuthority()
    await authority.root('default')
    const kept = await store.find('default')
    expect(kept?.sealedKey).not.toContain('PRIVATE')
    expect(Buffer.from(kept?.sealedKey ?? '', 'base64').toString('latin1')).not.toContain('PRIVATE')
    const other = await testAuthority({ store, sealer: createSealer(new Uint8Array(32).fill(1)) })
    await expect(other.authority.root('default')).rejects.toThrow(/another pepper/)
  })

  it('tries again where it could not be kept', async () => {
    const store = memoryAuthorities()
    let isDown = true
    const { authority } = await testAuthority({
      store: { ...store, find: async (tenant) => (isDown ? Promise.reject(new Error('down')) : store.find(tenant)) },
    })
    await expect(authority.root('default')).rejects.toThrow('down')
    isDown = false
    expect(await authority.root('default')).toMatchObject({ isCa: true })
  })

  it('signs nothing beyond its own end, and nothing after it', async () => {
    const { authority, clock } = await testAuthority()
    const { notAfter } = await authority.root('default')
    const csr = await request('CN=SN-1, O=ACME')
    expect(signedOf(await authority.sign(csr, { ...wanted, lifetimeDays: 100 * 365 })).notAfter).toBe(notAfter)
    await clock.pass(notAfter - clock.now() + 1_000)
    expect(await authority.sign(csr, wanted)).toEqual({ refused: 'cannot be signed: the authority has expired' })
  })
})

describe('a request that is refused', () => {
  const cases: readonly (readonly [string, () => Promise<string>, RegExp])[] = [
    ['nothing', async () => '', /not one certificate request/],
    ['a certificate', async () => (await certified({})).pem, /not one certificate request/],
    [
      'two requests',
      async () => (await request('CN=SN-1')) + (await request('CN=SN-1')),
      /not one certificate request/,
    ],
    ['base64 that is none', async () => pem('AAAA'), /cannot be read/],
    ['base64 of nothing', async () => pem('===='), /cannot be read|not one/],
    ['more than a request ever has', async () => pem('A'.repeat(10_000)), /longer than/],
    ['an RSA key of 1024 bits', () => request('CN=SN-1, O=ACME', rsa(1_024)), /1024 bits/],
    ['an RSA key of 1920 bits', () => request('CN=SN-1, O=ACME', rsa(1_920)), /1920 bits/],
    ['another common name', () => request('CN=SN-2, O=ACME'), /common name/],
    ['the common name in other letters', () => request('CN=sn-1, O=ACME'), /common name/],
    ['no common name', () => request('O=ACME'), /common name/],
    ['two common names', () => request('CN=SN-1, CN=SN-2, O=ACME'), /common name/],
    ['another organisation', () => request('CN=SN-1, O=ACME Inc'), /organisation/],
    ['no organisation', () => request('CN=SN-1'), /organisation/],
    ['two organisations', () => request('CN=SN-1, O=ACME, O=Other'), /organisation/],
    [
      'a signature over SHA-1',
      () => request('CN=SN-1, O=ACME', rsa(), { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-1' }),
      /not signed with its own key/,
    ],
  ]
  it.each(cases)('BI-48: %s', async (_, csr, reason) => {
    const { authority } = await testAuthority()
    expect(await authority.sign(await csr(), wanted)).toEqual({ refused: expect.stringMatching(reason) })
  })

  it('BI-48: one that is signed with another key than it shows', async () => {
    const { authority } = await testAuthority()
    const [mine, theirs] = [await request('CN=SN-1, O=ACME'), await request('CN=SN-1, O=ACME')].map(derOf).map(partsOf)
    const parts = Buffer.concat([mine?.[0], mine?.[1], theirs?.[2]].map((part) => part?.whole ?? Buffer.of()))
    const forged = Buffer.concat([Buffer.of(0x30, 0x82, parts.length >> 8, parts.length & 255), parts])
    expect(await authority.sign(pem(forged.toString('base64')), wanted)).toEqual({
      refused: 'is not signed with its own key',
    })
  })

  it('BI-48: one of which any bit has changed on the way, and nothing is thrown', async () => {
    const { authority } = await testAuthority()
    const der = derOf(await request('CN=SN-1, O=ACME'))
    for (let bit = 0; bit < der.length * 8; bit++) {
      const changed = Buffer.from(der)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const answer = await authority.sign(pem(changed.toString('base64')), wanted)
      expect([bit, answer]).toEqual([bit, { refused: expect.any(String) }])
    }
  })

  it('BI-48: any bytes at all, and any text, and nothing is thrown', async () => {
    const { authority } = await testAuthority()
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string()), async (given) => {
        const csr = typeof given === 'string' ? given : pem(Buffer.from(given).toString('base64'))
        expect(await authority.sign(csr, wanted)).toHaveProperty('refused')
        expect(await authority.describe(csr.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE'))).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })
})

describe('an authority that is given', () => {
  it('signs with what is between it and the root, and shows the root', async () => {
    const root = await certified({ name: 'CN=Root', ca: true, keys: rsa() })
    const middle = await certified({ name: 'CN=Middle, O=Any', ca: true, keys: ec('P-384'), by: root })
    const { authority } = await testAuthority({
      given: { certificate: middle.pem + '\n' + root.pem, privateKey: pemOfKey(middle.keys) },
    })
    for (const tenant of ['default', 'other']) {
      const { chain } = signedOf(await authority.sign(await request('CN=SN-1, O=ACME'), { ...wanted, tenant }))
      const [leaf, above, ...more] = split(chain)
      expect([leaf?.verify(middle.keys.publicKey), leaf?.issuer, more.length]).toEqual([true, 'CN=Middle\nO=Any', 0])
      expect(above?.fingerprint256).toBe(new X509Certificate(middle.pem).fingerprint256)
      expect(await authority.root(tenant)).toMatchObject({ subject: 'CN=Root', source: 'settings' })
    }
  })

  it.each(['pkcs1', 'pkcs8'] as const)('takes an RSA key in %s', async (type) => {
    const root = await certified({ name: 'CN=Root', ca: true, keys: rsa() })
    const privateKey = root.keys.privateKey.export({ type, format: 'pem' }) as string
    const { authority } = await testAuthority({ given: { certificate: root.pem, privateKey } })
    const signed = signedOf(await authority.sign(await request('CN=SN-1, O=ACME'), wanted))
    expect(split(signed.chain)[0]?.verify(root.keys.publicKey)).toBe(true)
  })

  it('is refused where its texts do not belong together', async () => {
    const ca = await certified({ name: 'CN=Root', ca: true })
    const leaf = await certified({ name: 'CN=Leaf' })
    const given = (certificate: string, privateKey: string) => testAuthority({ given: { certificate, privateKey } })
    await expect(given(ca.pem, pemOfKey(leaf.keys))).rejects.toThrow(/not that of its certificate/)
    await expect(given(leaf.pem, pemOfKey(leaf.keys))).rejects.toThrow(/not an authority's/)
    await expect(given('nonsense', pemOfKey(ca.keys))).rejects.toThrow(/cannot be read/)
    await expect(given(ca.pem, 'nonsense')).rejects.toThrow()
  })
})

const pem = (base64: string): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${base64}\n-----END CERTIFICATE REQUEST-----\n`
const partsOf = (der: Uint8Array): readonly Element[] => elementsOf(elementsOf(der)[0]?.content ?? der)
const derOf = (csr: string): Buffer => Buffer.from(csr.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
