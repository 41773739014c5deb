import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { masked } from '../../../core/ocpp/mask.ts'
import { testDigest } from '../../support/database.ts'

const mask = (frame: unknown): string => masked(typeof frame === 'string' ? frame : JSON.stringify(frame), testDigest)
const card = testDigest.pseudonym('CARD1')

describe('a frame that people may read', () => {
  const tokens: readonly (readonly [string, unknown, unknown])[] = [
    ['Authorize', { idTag: 'CARD1' }, { idTag: card }],
    ['another case', { IDTAG: 'card1' }, { IDTAG: card }],
    ['a number for a text', { idTag: 12_345 }, { idTag: testDigest.pseudonym('12345') }],
    [
      'a parent',
      { idTagInfo: { status: 'Accepted', parentIdTag: 'CARD1' } },
      { idTagInfo: { status: 'Accepted', parentIdTag: card } },
    ],
    ['a local list', { localAuthorizationList: [{ idTag: 'CARD1' }] }, { localAuthorizationList: [{ idTag: card }] }],
    ['OCPP 2.x', { idToken: { idToken: 'CARD1', type: 'ISO14443' } }, { idToken: { idToken: card, type: 'ISO14443' } }],
    ['a group', { groupId: 'CARD1' }, { groupId: card }],
    ['those that a list is brought to', { tokens: ['CARD1'] }, { tokens: [card] }],
    ['a list of them', { idTag: ['CARD1', 'CARD1'] }, { idTag: [card, card] }],
    [
      'a contract, and the certificate that names it',
      { idToken: { idToken: 'CARD1', type: 'eMAID' }, certificate: 'CARD1' },
      { idToken: { idToken: card, type: 'eMAID' }, certificate: card },
    ],
    [
      'contracts that are to come first',
      { exiRequest: '***', prioritizedEMAIDs: ['CARD1'] },
      { exiRequest: '***', prioritizedEMAIDs: [card] },
    ],
    ['JSON in a text', { data: '{"idTag":"CARD1"}' }, { data: `{"idTag":"${card}"}` }],
  ]
  it.each(tokens)('S-20: has a pseudonym for a token: %s', (_, payload, shown) => {
    expect(JSON.parse(mask([2, 'a', 'X', payload]))).toEqual([2, 'a', 'X', shown])
  })

  const secrets: readonly (readonly [string, unknown])[] = [
    ['a configuration key', { key: 'AuthorizationKey', value: 'PLANTED' }],
    ['the same in another case', { key: 'authorizationkey', value: 'PLANTED' }],
    ['one of a vendor', { key: 'Wifi.Password', value: 'PLANTED' }],
    ['all keys of a station', { configurationKey: [{ key: 'AuthorizationKey', readonly: true, value: 'PLANTED' }] }],
    [
      'a variable of 2.x',
      { attributeValue: 'PLANTED', component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } },
    ],
    ['a network profile of 2.x', { connectionData: { apn: { apnPassword: 'PLANTED', simPin: 1 } } }],
    ['an address with credentials', { location: 'ftp://user:PLANTED@host/path' }],
    ['the ticket to a file', { location: 'https://host/files/PLANTED-x4Jq0Zk1n8Vt6Wc2Rb9Ym5Ls7Pd3Hf0/firmware.bin' }],
    ['the same deeper', { log: { remoteLocation: 'https://host/a/files/PLANTED-x4Jq0Zk1n8Vt6Wc2Rb9Ym5Ls7Pd3Hf0/l' } }],
    ['a key by another name', { configurationKey: [{ key: 'Wpa-Key', value: 'PLANTED' }] }],
    ['a vendor’s own message', { vendorId: 'V', messageId: 'SetPassword', data: 'PLANTED' }],
    ['whatever stands under such a name', { secret: { deep: ['PLANTED'] } }],
  ]
  it.each(secrets)('S-08: holds no secret: %s', (_, payload) => {
    expect(mask([2, 'a', 'X', payload])).not.toContain('PLANTED')
    expect(mask([3, 'a', payload])).not.toContain('PLANTED')
  })

  it('is as it was where there is nothing to hide, byte by byte', () => {
    for (const text of ['[2, "1","Heartbeat", {}]', '[3,"1",{"status" : "Accepted"}]', 'nonsense', ''])
      expect(mask(text)).toBe(text)
    const kept = [2, '1', 'ChangeConfiguration', { key: 'HeartbeatInterval', value: '300' }]
    expect(JSON.parse(mask(kept))).toEqual(kept)
  })

  it('hides what it cannot name: a payload that is none', () => {
    for (const text of [
      '[2,"a","Authorize","PLANTED"]',
      '[2,"a","Authorize",["PLANTED"]]',
      '[3,"a","PLANTED"]',
      '[2,"a","Authorize","PLANTED',
      '[2,"a","GetDiagnostics",{"location":"ftp:\\/\\/user:PLANTED@host',
      '[2,"a","GetDiagnostics",{"location":"https:\\/\\/h\\/files\\/PLANTED-x4Jq0Zk1n8Vt6Wc2Rb9Ym5Ls7Pd3Hf0\\/a',
    ])
      expect(mask(text)).not.toContain('PLANTED')
  })

  it('S-20: a token is not there under any name, in any spelling, in any frame, whole or cut off', () => {
    const name = fc.constantFrom(
      'idTag',
      'parentIdTag',
      'idToken',
      'groupIdToken',
      'additionalIdToken',
      'IDTAG',
      'token',
    )
    const wrap = fc.constantFrom<(value: object) => unknown>(
      (value) => value,
      (value) => ({ inner: value }),
      (value) => [value, value],
      (value) => ({ data: JSON.stringify(value) }),
      (value) => ({ data: JSON.stringify({ data: JSON.stringify(value) }) }),
    )
    fc.assert(
      fc.property(name, wrap, fc.boolean(), fc.nat(400), (under, around, isEscaped, cut) => {
        const whole = JSON.stringify([2, 'id', 'Any', { wrapped: around({ [under]: 'PLANTED' }) }])
        const spelled = isEscaped
          ? whole.replace(/"id/i, (at) => `"\\u00${at.charCodeAt(1).toString(16)}${at.slice(2)}`)
          : whole
        expect(mask(spelled)).not.toContain('PLANTED')
        const rest = whole.slice(0, whole.length - cut)
        if (!isEscaped) expect(mask(rest)).not.toContain('PLANTED')
      }),
      { numRuns: 500, seed: 13 },
    )
  })

  it('stays as it is when it is masked again', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('idTag', 'password', 'key', 'value', 'data'), (json, name) => {
        const once = mask(`[2,"a","X",{"${name}":${json}}]`)
        expect(mask(once)).toBe(once)
      }),
      { numRuns: 500, seed: 17 },
    )
  })

  it('costs time in proportion to its length, however hostile it is', () => {
    const hostile = [
      '['.repeat(30_000),
      `${'['.repeat(20_000)}"idTag"${']'.repeat(20_000)}`,
      `{"a":"${'x'.repeat(60_000)}passw`,
      '[2,'.repeat(20_000).concat('token'),
      `"token:'`.repeat(8_000),
      `idTag${' '.repeat(60_000)}`,
      `pin:${'\\'.repeat(60_000)}`,
      `//${'a'.repeat(60_000)}token`,
    ]
    const began = performance.now()
    for (const text of hostile) expect(typeof mask(text)).toBe('string')
    // a pattern that backtracks over all of it would take minutes
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})
