import { describe, expect, it } from 'vitest'
import { askedHost, hostName } from '../../../core/domain/host-name.ts'

describe('the name of a host', () => {
  it.each([
    ['charge.example.com', 'charge.example.com'],
    ['CHARGE.Example.COM', 'charge.example.com'],
    ['charge.example.com:8443', 'charge.example.com'],
    ['charge.example.com.', 'charge.example.com'],
    ['charge.example.com.:443', 'charge.example.com'],
    ['  charge.example.com  ', 'charge.example.com'],
    ['laden.müller.example', 'laden.xn--mller-kva.example'],
    ['LADEN.MÜLLER.example:80', 'laden.xn--mller-kva.example'],
    ['laden.xn--mller-kva.example', 'laden.xn--mller-kva.example'],
  ])('%s is %s', (text, name) => {
    expect(hostName(text)).toBe(name)
  })

  it.each([
    '',
    'localhost',
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '[::1]:80',
    'a b.example',
    'a.example/x',
    'a.example?x',
    'user@a.example',
    'a.example:99999',
    'a.example:80:80',
    'a..example',
    '.example',
    '-a.example',
    'a_b.example',
    'a%2eexample.com',
    'a.example, b.example',
    'a.example\\b.example',
    `${'a'.repeat(64)}.example`,
  ])('%s is none', (text) => {
    expect(hostName(text)).toBeUndefined()
  })

  const headers =
    (given: Readonly<Record<string, string>>) =>
    (name: string): string | undefined =>
      given[name]

  it('BI-17: what a proxy was asked for counts only where the proxy is trusted', () => {
    const header = headers({ 'x-forwarded-host': 'brand.example', host: 'inner.example' })
    expect([askedHost(header, true), askedHost(header, false)]).toEqual(['brand.example', 'inner.example'])
  })

  it('BI-17: of several the last counts, which the proxy saw itself', () => {
    const header = headers({ 'x-forwarded-host': 'forged.example, brand.example', host: 'inner.example' })
    expect(askedHost(header, true)).toBe('brand.example')
  })
})
