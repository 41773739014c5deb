import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createRevocation } from '../../../adapters/authority/revocation.ts'
import { guarded } from '../../../adapters/plug-and-charge/addresses.ts'
import { certificateStatus } from '../../../adapters/plug-and-charge/certificate-status.ts'
import type { StatusEnquiry } from '../../../core/ports/certificate-status.ts'
import { type Certified, certified, testAuthority } from '../../support/certificates.ts'
import { TestClock } from '../../support/clock.ts'
import { delegateOf, openResponder } from '../../support/responder.ts'
import { pki } from '../../support/pki.ts'

const { moRoot, moSub1, moSub2, contract } = await pki()
const { authority } = await testAuthority()
const responder = await openResponder({ authorities: [moSub2, moSub1, moRoot] })
const delegating = await openResponder({ authorities: [moSub2], delegate: await delegateOf(moSub2) })
afterAll(async () => {
  await responder.close()
  await delegating.close()
})

const clock = new TestClock(Date.now())
const open = (allowed: readonly string[] = ['127.0.0.1'], timeoutMs?: number, by = clock) =>
  certificateStatus({
    revocation: createRevocation(by),
    resolve: guarded(allowed),
    clock: by,
    ...(timeoutMs !== undefined && { timeoutMs }),
  })

const enquiry = async (certificate: Certified, issuer: Certified, more: Partial<StatusEnquiry> = {}) => {
  const hash = await authority.hashDataOf(certificate.pem + issuer.pem, 'SHA256')
  if (hash === undefined) throw new Error('no hash')
  return { hash, source: 'ocsp' as const, urls: [responder.url], ...more }
}

beforeEach(() => responder.misbehave(undefined))

describe('whether a certificate still counts', () => {
  it('is what its responder says, with the response as it came', async () => {
    const [valid, withdrawn] = [await contract(), await contract()]
    responder.says(withdrawn, 'revoked')
    const status = open()
    const answers = [
      await status.ask(await enquiry(valid, moSub2, { issuers: [moSub2.pem] })),
      await status.ask(await enquiry(withdrawn, moSub2)),
      await status.ask(await enquiry(moSub2, moSub1)),
    ]
    expect(answers.map((answer) => answer.status)).toEqual(['good', 'revoked', 'good'])
    expect(answers.every(({ response, nextUpdate }) => response !== undefined && nextUpdate !== undefined)).toBe(true)
  })

  it.each(['SHA384', 'SHA512'] as const)('is asked by hashes of %s too', async (algorithm) => {
    const certificate = await contract()
    const hash = await authority.hashDataOf(certificate.pem + moSub2.pem, algorithm)
    if (hash === undefined) throw new Error('no hash')
    expect((await open().ask({ hash, source: 'ocsp', urls: [responder.url] })).status).toBe('good')
  })

  it('is asked once until the next update, and again after it', async () => {
    const later = new TestClock(Date.now())
    const [status, certificate] = [open(undefined, undefined, later), await contract()]
    const before = responder.asked
    await status.ask(await enquiry(certificate, moSub2))
    await status.ask(await enquiry(certificate, moSub2))
    expect(responder.asked).toBe(before + 1)
    await later.pass(2 * 3_600_000)
    await status.ask(await enquiry(certificate, moSub2))
    expect(responder.asked).toBe(before + 2)
  })

  it('is asked once by all who ask at the same time', async () => {
    const [status, one] = [open(), await enquiry(await contract(), moSub2)]
    const before = responder.asked
    const answers = await Promise.all([status.ask(one), status.ask(one), status.ask(one)])
    expect(answers.map((answer) => answer.status)).toEqual(['good', 'good', 'good'])
    expect(responder.asked).toBe(before + 1)
  })

  it('is not remembered where nobody knows it yet', async () => {
    const [status, certificate] = [open(), await contract()]
    responder.says(certificate, 'unknown')
    expect((await status.ask(await enquiry(certificate, moSub2))).status).toBe('unknown')
    responder.says(certificate, 'good')
    expect((await status.ask(await enquiry(certificate, moSub2))).status).toBe('good')
  })

  it('is not taken from a stranger where the issuer is known', async () => {
    responder.misbehave({ signsAs: await certified({ name: 'CN=Stranger', purposes: ['1.3.6.1.5.5.7.3.9'] }) })
    const known = await enquiry(await contract(), moSub2, { issuers: [moSub2.pem] })
    expect(await open().ask(known)).toEqual({
      status: 'failed',
      reason: 'the OCSP response is signed by one whom the issuer has not charged with it',
    })
  })

  it('is taken from one whom the issuer has charged with it', async () => {
    const one = await enquiry(await contract(), moSub2, { urls: [delegating.url], issuers: [moSub2.pem] })
    expect((await open().ask(one)).status).toBe('good')
  })

  it('is in the list of its issuer', async () => {
    const listing = await openResponder({ authorities: [moSub2] })
    const [valid, withdrawn] = [await contract(), await contract()]
    listing.says(withdrawn, 'revoked')
    const list = { source: 'crl' as const, urls: [listing.listUrl], issuers: [moSub2.pem] }
    const status = open()
    expect((await status.ask(await enquiry(valid, moSub2, list))).status).toBe('good')
    expect((await status.ask(await enquiry(withdrawn, moSub2, list))).status).toBe('revoked')
    expect((await status.ask(await enquiry(valid, moSub2, { ...list, issuers: [] }))).reason).toBe(
      'the list is of an issuer that is not known here',
    )
    await listing.close()
  })
})

describe('who does not answer as agreed', () => {
  const failing = async (more: Partial<StatusEnquiry> = {}, timeoutMs?: number) =>
    (await open(['127.0.0.1'], timeoutMs).ask(await enquiry(await contract(), moSub2, more))).reason

  it('has failed: another status, a redirect, too much, something else', async () => {
    responder.misbehave({ status: 404 })
    expect(await failing()).toBe('it answered 404')
    responder.misbehave({ status: 302, location: delegating.url })
    expect(await failing()).toBe('it answered 302')
    responder.misbehave({ body: new Uint8Array(16_385) })
    expect(await failing()).toBe('it answered more than 16384 bytes')
    responder.misbehave({ body: Buffer.from('<html>') })
    expect(await failing()).toBe('the OCSP response cannot be read')
  })

  it('has failed when its time is over', async () => {
    responder.misbehave({ waitsMs: 2_000 })
    expect(await failing({}, 200)).toBe('no answer within 200 ms')
  })

  it('has failed when nobody is there, and the next address is tried', async () => {
    const nobody = 'http://127.0.0.1:1/'
    expect(await failing({ urls: [nobody] })).toMatch(/ECONNREFUSED|connect|Unable/i)
    expect(await failing({ urls: [nobody, responder.url] })).toBeUndefined()
  })

  it('is not called at all: no address, another protocol, a password, a host of our own network', async () => {
    const before = responder.asked
    expect(await failing({ urls: [] })).toBe('it names no address')
    expect(await failing({ urls: ['ldap://127.0.0.1/x'] })).toBe('not an address of http')
    expect(await failing({ urls: ['file:///etc/passwd'] })).toBe('not an address of http')
    expect(await failing({ urls: ['nonsense'] })).toBe('not an address of http')
    expect(await failing({ urls: [responder.url.replace('//', '//me:secret@')] })).toBe(
      'an address with a password in it',
    )
    expect((await open([]).ask(await enquiry(await contract(), moSub2))).reason).toBe(
      '127.0.0.1 is not on the internet',
    )
    for (const other of ['localhost', '[::1]', '2130706433', '0x7f.1'])
      expect(
        (
          await open([]).ask(
            await enquiry(await contract(), moSub2, { urls: [responder.url.replace('127.0.0.1', other)] }),
          )
        ).reason,
      ).toMatch(/is not on the internet$/)
    expect(responder.asked).toBe(before)
  })
})
