import { describe, expect, it } from 'vitest'
import { createRevocation } from '../../../adapters/authority/revocation.ts'
import { type CertificateHash, hashAlgorithms } from '../../../core/domain/certificate.ts'
import { issuer, leaf, list, madeAt, nextUpdate, requests, responses, revokedLeaf } from '../../fixtures/revocation.ts'
import { certified, day, testAuthority } from '../../support/certificates.ts'

const at = (now: number) => createRevocation({ now: () => now })
const revocation = at(madeAt)
const { authority } = await testAuthority()

const hashOf = async (pem: string, algorithm: CertificateHash['hashAlgorithm'] = 'SHA256') => {
  const hash = await authority.hashDataOf(pem + issuer, algorithm)
  if (hash === undefined) throw new Error('no hash')
  return hash
}
const [good, revoked] = [await hashOf(leaf), await hashOf(revokedLeaf)]
const unknown = { ...good, serialNumber: '99' }

/** One byte from the end is another: the end is the certificate that came along, or the signature. */
const bent = (bytes: Uint8Array, place: number): Uint8Array => bytes.map((byte, i) => (i === place ? byte ^ 1 : byte))

describe('an OCSP request', () => {
  it('is written as OpenSSL writes it', async () => {
    expect(revocation.ocspRequest(good)).toEqual(requests.good)
    expect(revocation.ocspRequest(revoked)).toEqual(requests.revoked)
    expect(revocation.ocspRequest(await hashOf(leaf, 'SHA512'))).toEqual(requests.goodBySha512)
  })

  it('is the same for hashes in capitals and for a number with leading zeroes', () => {
    const { issuerNameHash, issuerKeyHash, serialNumber } = good
    const shouted = {
      ...good,
      issuerNameHash: issuerNameHash.toUpperCase(),
      issuerKeyHash: ` ${issuerKeyHash.toUpperCase()}`,
      serialNumber: `000${serialNumber.toUpperCase()}`,
    }
    expect(revocation.ocspRequest(shouted)).toEqual(requests.good)
  })

  it('cannot be made of hashes that are no hexadecimal digits', () => {
    const wrong = [{ issuerNameHash: 'zz' }, { issuerKeyHash: 'abc' }, { serialNumber: '' }, { serialNumber: '-1' }]
    expect(wrong.map((values) => revocation.ocspRequest({ ...good, ...values }))).toEqual(wrong.map(() => undefined))
  })
})

describe('an OCSP response', () => {
  const issuers = [issuer]

  it('says what OpenSSL has said, until its next update', async () => {
    expect(await revocation.readOcsp(responses.good, { hash: good, issuers })).toEqual({ status: 'good', nextUpdate })
    expect(await revocation.readOcsp(responses.revoked, { hash: revoked, issuers })).toEqual({
      status: 'revoked',
      nextUpdate,
    })
    expect(await revocation.readOcsp(responses.unknown, { hash: unknown, issuers })).toEqual({
      status: 'unknown',
      nextUpdate,
    })
  })

  it('counts when one has signed it whom the issuer has charged with it, known here or not', async () => {
    for (const known of [issuers, []])
      expect(await revocation.readOcsp(responses.goodByDelegate, { hash: good, issuers: known })).toEqual({
        status: 'good',
        nextUpdate,
      })
  })

  it('counts for nothing about another certificate', async () => {
    expect(await revocation.readOcsp(responses.good, { hash: revoked, issuers })).toEqual({
      status: 'failed',
      reason: 'the OCSP response is about another certificate',
    })
    for (const hashAlgorithm of hashAlgorithms.slice(1))
      expect((await revocation.readOcsp(responses.good, { hash: { ...good, hashAlgorithm }, issuers })).status).toBe(
        'failed',
      )
  })

  it('counts for nothing before its time and after it, but for what clocks may differ', async () => {
    const about = { hash: good, issuers }
    const said = async (now: number) => (await at(now).readOcsp(responses.good, about)).reason
    expect(await said(madeAt - day)).toBe('the OCSP response is of a time to come')
    expect(await said(nextUpdate + 299_000)).toBeUndefined()
    expect(await said(nextUpdate + 301_000)).toBe('the OCSP response is out of date')
  })

  it('never says that one is good because a byte has changed on the way, and of what was signed none may', async () => {
    const response = responses.revoked
    const places = Array.from(response, (_, place) => place).filter((place) => place % 3 === 0)
    const readings = await Promise.all(
      places.map((place) => revocation.readOcsp(bent(response, place), { hash: revoked, issuers })),
    )
    expect(readings.filter(({ status }) => status === 'good')).toEqual([])
    // what comes behind the signature, the certificate that came along, has no say: its issuer is known
    expect(readings.slice(20, 80).filter(({ status }) => status !== 'failed')).toEqual([])
  })

  it('counts for nothing when a stranger has signed it, also with a certificate of the right name', async () => {
    const impostor = await certified({ name: 'DC=MO, O=Mobility, CN=MO Sub-CA 2', ca: true })
    const about = { hash: { ...good, issuerKeyHash: '00'.repeat(32) }, issuers: [impostor.pem] }
    expect((await revocation.readOcsp(responses.good, about)).status).toBe('failed')
  })

  it.each([
    new Uint8Array(),
    Uint8Array.of(0x30, 0x03, 0x0a, 0x01, 0x00),
    Uint8Array.of(0x30, 0x84),
    responses.good.slice(0, 300),
  ])('that cannot be read has failed', async (bytes) => {
    expect((await revocation.readOcsp(bytes, { hash: good, issuers })).status).toBe('failed')
  })

  it('that says why there is none has failed', async () => {
    const tryLater = Uint8Array.of(0x30, 0x03, 0x0a, 0x01, 0x03)
    expect(await revocation.readOcsp(tryLater, { hash: good, issuers })).toEqual({
      status: 'failed',
      reason: 'the OCSP response says tryLater',
    })
  })
})

describe('a list of revoked certificates', () => {
  const issuers = [issuer]

  it('has those that OpenSSL has put in it, and no others', async () => {
    expect(await revocation.readCrl(list, { hash: revoked, issuers })).toEqual({ status: 'revoked', nextUpdate })
    expect(await revocation.readCrl(list, { hash: good, issuers })).toEqual({ status: 'good', nextUpdate })
  })

  it('counts for nothing where its issuer is not known, or is another', async () => {
    const stranger = await certified({ ca: true })
    const said = async (known: readonly string[]) =>
      (await revocation.readCrl(list, { hash: good, issuers: known })).reason
    expect(await said([])).toBe('the list is of an issuer that is not known here')
    expect(await said([stranger.pem])).toBe('the list is of an issuer that is not known here')
  })

  it('never says that one is good because a byte has changed on the way, and of what was signed none may', async () => {
    const readings = await Promise.all(
      Array.from(list, (_, place) => revocation.readCrl(bent(list, place), { hash: revoked, issuers })),
    )
    expect(readings.filter(({ status }) => status === 'good')).toEqual([])
    expect(readings.slice(3, 134).filter(({ status }) => status !== 'failed')).toEqual([])
  })

  it('counts for nothing after its time', async () => {
    expect(await at(nextUpdate + day).readCrl(list, { hash: good, issuers })).toEqual({
      status: 'failed',
      reason: 'the list is out of date',
    })
  })
})
