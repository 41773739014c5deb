import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDigest } from '../../../adapters/digest.ts'
import { addressFault, withSlash } from '../../../adapters/roaming/ocpi/address.ts'
import { credentialsFrom } from '../../../adapters/roaming/ocpi/credentials.ts'
import { opened, respond } from '../../../adapters/roaming/ocpi/envelope.ts'
import { hashOf, headerOf, isOurs, isToken, newToken, tokensIn } from '../../../adapters/roaming/ocpi/token.ts'
import { endpointsFrom, versionsFrom } from '../../../adapters/roaming/ocpi/versions.ts'
import { systemSecrets } from '../../../adapters/system.ts'

describe('what a partner may send', () => {
  const anything = fc.oneof(fc.jsonValue(), fc.anything({ withNullPrototype: true }))

  it('is read or refused, whatever it is, and nothing of it cannot be stored', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 300 })
    const credentials = fc.record({
      token: texts,
      url: texts,
      roles: fc.array(
        fc.record({
          role: texts,
          country_code: fc.constantFrom('DE', 'de', 'D'),
          party_id: fc.constantFrom('ABC', 'abc', 'A*C', 'ÄBC'),
          business_details: fc.record({ name: texts, website: texts }, { requiredKeys: [] }),
        }),
      ),
      hub_party_id: texts,
    })
    const details = fc.record({ endpoints: fc.array(fc.record({ identifier: texts, role: texts, url: texts })) })
    fc.assert(
      fc.property(fc.oneof(anything, credentials, details, fc.array(anything)), (data) => {
        const read = JSON.stringify([credentialsFrom(data), versionsFrom(data), endpointsFrom(data)])
        expect(/\\u0000|\\ud[89a-f]/.test(read.replaceAll('\\\\', ''))).toBe(false)
      }),
    )
  })

  it('is an envelope, or none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const envelope = opened(text)
        expect(envelope === undefined || Number.isInteger(envelope.code)).toBe(true)
      }),
    )
  })

  it('keeps of endpoints the first of each kind, and leaves out what makes no sense', () => {
    const one = (role: unknown, url: unknown, identifier: unknown = 'tokens') => ({ identifier, role, url })
    expect(
      endpointsFrom({
        endpoints: [
          one('SENDER', 'a'),
          one('sender', 'b'),
          one('BOTH', 'c'),
          one('RECEIVER', 1),
          null,
          one(7, 'd', 'credentials'),
        ],
      }),
    ).toEqual([
      { module: 'tokens', role: 'SENDER', url: 'a' },
      { module: 'credentials', role: 'SENDER', url: 'd' },
    ])
  })
})

describe('a token', () => {
  it('of ours is good for every header and for no guess: 256 bits', () => {
    const made = Array.from({ length: 100 }, () => newToken(systemSecrets))
    expect([made.every((token) => isToken(token) && isOurs(token)), new Set(made).size]).toEqual([true, 100])
  })

  it('is found in the header it was written into, in either form', () => {
    const token = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
      minLength: 1,
      maxLength: 64,
    })
    fc.assert(
      fc.property(token, fc.constantFrom('raw' as const, 'base64' as const), (text, tokenOut) => {
        expect(tokensIn(headerOf(text, { tokenOut }))).toContainEqual({ token: text, form: tokenOut })
      }),
    )
  })

  it('is found in no header that is none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (header) => {
        expect(tokensIn(header).every(({ token }) => isToken(token))).toBe(true)
      }),
    )
  })

  it('cannot be read from what is kept, nor compared between installations', () => {
    const [one, other] = [createDigest(new Uint8Array(32)), createDigest(new Uint8Array(32).fill(1))]
    expect([hashOf(one, 'x') === hashOf(one, 'x'), hashOf(one, 'x') === hashOf(other, 'x')]).toEqual([true, false])
  })
})

describe('an address that a partner has chosen (S-26)', () => {
  it.each([
    ['https://emp.example/ocpi/versions', undefined],
    ['https://emp.example:8443/ocpi?x=1', undefined],
    ['http://emp.example/ocpi/versions', 'it must begin with https://'],
    ['http://named.example/ocpi/versions', undefined],
    ['ftp://named.example/', 'it must begin with https://'],
    ['https://a:b@emp.example/', 'it has a password in it'],
    ['https://emp.example/#x', 'it has a fragment (#) in it'],
    ['emp.example', 'it is no address'],
    ['', 'it is no address'],
  ])('%s', (url, fault) => {
    expect(addressFault(url, ['named.example'])).toBe(fault)
  })

  it('gets a slash before its query', () => {
    expect(['https://a.example', 'https://a.example/b?c=d', 'https://a.example/b/'].map(withSlash)).toEqual([
      'https://a.example/',
      'https://a.example/b/?c=d',
      'https://a.example/b/',
    ])
  })
})

it('every answer has its time in whole seconds, and what was asked with', async () => {
  const answer = respond(
    { code: 1000, data: [] },
    { at: Date.UTC(2026, 10, 24, 12, 0, 0, 999), echoed: { 'x-request-id': 'r1' } },
  )
  expect([answer.status, answer.headers.get('x-request-id'), await answer.json()]).toEqual([
    200,
    'r1',
    { data: [], status_code: 1000, timestamp: '2026-11-24T12:00:00Z' },
  ])
})
