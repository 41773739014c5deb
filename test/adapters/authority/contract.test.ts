import { describe, expect, it } from 'vitest'
import { certified, day, testAuthority } from '../../support/certificates.ts'
import { asking, chainOf, emaid, listedAt, pki } from '../../support/pki.ts'

const url = 'http://ocsp.example/'
const { moRoot, moSub1, moSub2, v2gRoot, contract } = await pki(url)
const { authority } = await testAuthority()

const check = (chain: string, more: { readonly emaid?: string; readonly roots?: readonly string[] } = {}) =>
  authority.checkContract({ chain, emaid, roots: [moRoot.pem], ...more })
const verdict = async (...of: Parameters<typeof check>) => (await check(...of)).verdict

describe('a contract certificate', () => {
  it('leads to a root of mobility operators, and says whom to ask about it and those above it', async () => {
    const leaf = await contract()
    const checked = await check(chainOf(leaf, moSub2, moSub1))
    const hashes = await Promise.all(
      [chainOf(leaf, moSub2), chainOf(moSub2, moSub1), chainOf(moSub1, moRoot)].map((chain) =>
        authority.hashDataOf(chain, 'SHA256'),
      ),
    )
    expect(checked).toEqual({
      verdict: 'Accepted',
      enquiries: hashes.map((hash, i) => ({
        hash,
        source: 'ocsp',
        urls: [url],
        issuers: [[moSub2, moSub1, moRoot][i]?.pem.trimEnd().concat('\n')],
      })),
    })
  })

  it('may come with its root, and with those above it in any order', async () => {
    const leaf = await contract()
    expect(await verdict(chainOf(leaf, moRoot, moSub1, moSub2))).toBe('Accepted')
  })

  it('is of its contract, however that is written', async () => {
    const chain = chainOf(await contract({ emaid: 'DE-83D-UIEN83QGZ' }), moSub2, moSub1)
    expect(await verdict(chain, { emaid: 'de83duien83qgzd' })).toBe('Accepted')
    expect(await verdict(chain, { emaid: 'DE83DUIEN83ZGQM' })).toBe('CertChainError')
  })

  it('says by its list whether it counts where it names no responder, and nothing where it names neither', async () => {
    const listed = await check(chainOf(await contract({ more: [listedAt(`${url}list`)] }), moSub2, moSub1))
    expect(listed).toMatchObject({ enquiries: [{ source: 'crl', urls: [`${url}list`] }, {}, {}] })
    const silent = await check(chainOf(await contract({ more: [] }), moSub2, moSub1))
    expect(silent).toMatchObject({ enquiries: [{ source: 'ocsp' }, { source: 'ocsp' }] })
  })

  it('has expired when it or one above it has', async () => {
    const past = { from: Date.now() - 2 * day, to: Date.now() - day }
    expect(await verdict(chainOf(await contract(past), moSub2, moSub1))).toBe('CertificateExpired')
    const old = await certified({ name: 'CN=Old', by: moSub1, ca: true, ...past })
    expect(await verdict(chainOf(await contract({ by: old }), old, moSub1))).toBe('CertificateExpired')
  })

  it('is forged when its issuer has not signed it', async () => {
    const impostor = await certified({ name: moSub2.certificate.subject, ca: true })
    expect(await verdict(chainOf(await contract({ by: impostor }), moSub2, moSub1))).toBe('SignatureError')
  })

  it('counts for nothing when it leads to no root, or to one that is not for contracts', async () => {
    const chain = chainOf(await contract(), moSub2, moSub1)
    expect(await verdict(chain, { roots: [] })).toBe('CertChainError')
    expect(await verdict(chain, { roots: [v2gRoot.pem] })).toBe('CertChainError')
    expect(await verdict(chainOf(await contract(), moSub1))).toBe('CertChainError')
    const yet = await contract({ from: Date.now() + day })
    expect(await verdict(chainOf(yet, moSub2, moSub1))).toBe('CertChainError')
  })

  it("counts for nothing when a contract has signed it, or when it is an authority's", async () => {
    const leaf = await contract()
    expect(await verdict(chainOf(await contract({ by: leaf }), leaf, moSub2, moSub1))).toBe('CertChainError')
    const authorityOfItsOwn = await certified({ name: `CN=${emaid}`, by: moSub1, ca: true, more: [asking(url)] })
    expect(await verdict(chainOf(authorityOfItsOwn, moSub1))).toBe('CertChainError')
  })

  it.each(['', 'nonsense', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    'that cannot be read counts for nothing',
    async (text) => {
      expect(await verdict(text)).toBe('CertChainError')
    },
  )
})
