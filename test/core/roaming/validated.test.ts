import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { versions } from '../../../core/roaming/field.ts'
import { type Kind, shapes } from '../../../core/roaming/objects/index.ts'
import { patched } from '../../../core/roaming/patched.ts'
import { type Validated, validated, validatedPatch } from '../../../core/roaming/validated.ts'

const at = '2026-11-27T12:00:00Z'
const token = {
  country_code: 'DE',
  party_id: 'ABC',
  uid: '04A1',
  type: 'RFID',
  contract_id: 'DE-ABC-C00000001-X',
  issuer: 'ABC',
  valid: true,
  whitelist: 'ALWAYS',
  last_updated: at,
}
const connector = {
  id: '1',
  standard: 'CHADEMO',
  format: 'CABLE',
  power_type: 'DC',
  max_voltage: 500,
  max_amperage: 100,
  last_updated: at,
}
const component = { type: 'ENERGY', price: 0.25, step_size: 1 }
const tariff = {
  country_code: 'DE',
  party_id: 'ABC',
  id: 'T1',
  currency: 'EUR',
  elements: [{ price_components: [component] }],
  tax_included: 'NO',
  last_updated: at,
}

const faults = ({ faults: all }: Validated): readonly string[] => all.map(({ pointer, rule }) => `${pointer} ${rule}`)
const oddities = ({ oddities: all }: Validated): readonly string[] =>
  all.map(({ pointer, rule }) => `${pointer} ${rule}`)
const priced = (price: unknown) => ({ ...tariff, elements: [{ price_components: [{ ...component, price }] }] })

describe('an object that came', () => {
  it('is taken as it is where it is right', () => {
    expect(validated(token, 'token', '2.3.0')).toEqual({ object: token, faults: [], oddities: [] })
  })

  it('keeps fields and open values that nobody here knows', () => {
    const read = validated({ ...token, type: 'IMPLANT', x_color: { rgb: [1, 2] } }, 'token', '2.2.1')
    expect(read.object).toEqual({ ...token, type: 'IMPLANT', x_color: { rgb: [1, 2] } })
    expect([read.faults, oddities(read)]).toEqual([[], ['/type unknownValue', '/x_color unknownField']])
  })

  it('may use a word that its version did not have yet', () => {
    expect(oddities(validated({ ...connector, standard: 'MCS' }, 'connector', '2.2.1'))).toEqual([
      '/standard newerValue',
    ])
  })

  it('is refused for a value that a closed enum has not, with the place of it', () => {
    expect(faults(validated({ ...token, whitelist: 'SOMETIMES' }, 'token', '2.3.0'))).toEqual(['/whitelist value'])
    expect(faults(validated({ ...token, whitelist: 'constructor' }, 'token', '2.3.0'))).toEqual(['/whitelist value'])
  })

  it('is refused for what is not there, and for a list of one or more with none', () => {
    const { currency: _, ...rest } = tariff
    const read = validated({ ...rest, elements: [{ price_components: [] }] }, 'tariff', '2.3.0')
    expect(faults(read)).toEqual(['/elements/0/price_components empty', '/currency required'])
  })

  it('has what its version had', () => {
    expect(faults(validated(tariff, 'tariff', '2.2.1'))).toEqual([])
    expect(oddities(validated(tariff, 'tariff', '2.2.1'))).toEqual(['/tax_included newerField'])
    expect(faults(validated(tariff, 'activeChargingProfile', '2.1.1'))).toEqual([' object'])
  })

  it('may have a field of a later version, if it is one', () => {
    const phone = (help_phone: unknown) => validatedPatch({ help_phone, last_updated: at }, 'location', '2.2.1')
    expect(phone('+49228').object).toEqual({ help_phone: '+49228', last_updated: at })
    expect(phone({ call: 'us' })).toMatchObject({ object: { last_updated: at }, faults: [] })
  })

  it.each([
    [0.1 + 0.2, '0.3', ['/elements/0/price_components/0/price precision']],
    ['0.2500', '0.25', ['/elements/0/price_components/0/price retyped']],
    [1e-7, '0', ['/elements/0/price_components/0/price precision']],
    [-4, '-4', []],
    [12_345_678_901_234, '12345678901234', []],
  ])('has the number %s as the text %s', (price, text, odd) => {
    const read = validated(priced(price), 'tariff', '2.3.0')
    expect([read.object, oddities(read)]).toEqual([priced(text), odd])
  })

  it.each([null, '', 'free', true, {}, [], '1e999', Number.MAX_VALUE])('has no price of %j', (price) => {
    expect(faults(validated(priced(price), 'tariff', '2.3.0'))).toHaveLength(1)
  })

  it.each([
    ['2026-11-27T12:00:00', at, []],
    ['2026-11-27T12:00:00.5Z', '2026-11-27T12:00:00.5Z', []],
    ['2026-11-27T12:00:00+00:00', at, ['/last_updated form']],
    ['2026-11-27T13:00:00+01:00', at, ['/last_updated form']],
    ['2026-11-27T12:00:00.123456Z', '2026-11-27T12:00:00.123Z', ['/last_updated form']],
  ])('has the time %s as %s', (text, utc, odd) => {
    const read = validated({ ...token, last_updated: text }, 'token', '2.3.0')
    expect([read.object['last_updated'], oddities(read)]).toEqual([utc, odd])
  })

  it('has no 30 February', () => {
    expect(faults(validated({ ...token, last_updated: '2026-02-30T12:00:00Z' }, 'token', '2.3.0'))).toEqual([
      '/last_updated type',
    ])
  })

  it('may be longer than is allowed, counted in characters as people do', () => {
    const issuer = (n: number) => validated({ ...token, issuer: '🚲'.repeat(n) }, 'token', '2.3.0')
    expect([oddities(issuer(64)), oddities(issuer(65))]).toEqual([[], ['/issuer tooLong']])
  })

  it('keeps the case of identifiers and says what characters they cannot have', () => {
    const read = validated({ ...token, uid: 'aBc', contract_id: 'ÄÖ' }, 'token', '2.3.0')
    expect([read.object['uid'], oddities(read)]).toEqual(['aBc', ['/contract_id characters']])
  })

  it('is without nothings', () => {
    const read = validated({ ...token, group_id: null, default_profile_type: '' }, 'token', '2.3.0')
    expect([read.object, oddities(read)]).toEqual([token, ['/group_id nothing', '/default_profile_type nothing']])
  })

  it('reads the two words for a reservation as one', () => {
    const read = validated({ status: 'RESERVED', last_updated: at }, 'session', '2.2.1')
    expect([read.object['status'], oddities(read)]).toEqual(['RESERVATION', ['/status alias']])
  })

  it('has no text that a store refuses, wherever it stands', () => {
    const read = validated({ ...token, issuer: 'A\u0000B\uD800', x: { 'k\u0000': ['\u0000v'] } }, 'token', '2.3.0')
    expect([read.object['issuer'], read.object['x']]).toEqual(['AB\uFFFD', { k: ['v'] }])
  })

  it('does not go down with what is nested too deep', () => {
    const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown
    const read = validated({ ...token, deep }, 'token', '2.3.0')
    expect([read.object, oddities(read)]).toEqual([token, ['/deep tooDeep']])
  })

  it('has pointers as RFC 6901 writes them', () => {
    expect(oddities(validated({ ...token, 'a/b~c': 1 }, 'token', '2.3.0'))).toEqual(['/a~1b~0c unknownField'])
  })

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(shapes) as Kind[])),
        fc.constantFrom(...versions),
        fc.oneof(fc.jsonValue(), messed),
        (kind, version, value) => {
          expect(() => [validated(value, kind, version), validatedPatch(value, kind, version)]).not.toThrow()
        },
      ),
      { numRuns: 500 },
    )
  })
})

/** The right names with wrong values. */
const names = [...new Set(Object.values(shapes).flatMap((shape) => [...shape.fields.keys()]))]
const messed = fc.dictionary(fc.constantFrom(...names, '__proto__', 'constructor'), fc.jsonValue({ maxDepth: 3 }))

describe('a PATCH', () => {
  it('says when it was', () => {
    const read = validatedPatch({ status: 'CHARGING' }, 'evse', '2.2.1')
    expect(faults(read)).toEqual(['/last_updated required'])
  })

  it('need not, in 2.1.1', () => {
    expect(faults(validatedPatch({ status: 'CHARGING' }, 'evse', '2.1.1'))).toEqual([])
  })

  it('removes nothing', () => {
    expect(faults(validatedPatch({ group_id: null, last_updated: at }, 'token', '2.3.0'))).toEqual(['/group_id null'])
  })

  it('keeps fields that nobody here knows, and has values as the object has them', () => {
    const read = validatedPatch({ x: 1, valid: 'yes', last_updated: at }, 'token', '2.3.0')
    expect([read.object, faults(read), oddities(read)]).toEqual([
      { x: 1, last_updated: at },
      ['/valid type'],
      ['/x unknownField'],
    ])
  })

  it('changes its fields and no others', () => {
    const later = '2026-11-27T12:00:01Z'
    expect(patched(token, { valid: false, last_updated: later }, 'token')).toEqual({
      ...token,
      valid: false,
      last_updated: later,
    })
  })

  it('says nothing new where it is older than what we have', () => {
    expect(patched(token, { valid: false, last_updated: '2026-11-27T11:59:59.9Z' }, 'token')).toBe('stale')
  })

  it('adds periods to those of a session, once', () => {
    const period = (second: number) => ({ start_date_time: `2026-11-27T12:00:0${second}Z` })
    const session = { charging_periods: [period(0), period(1)], last_updated: at }
    const patch = { charging_periods: [period(2)], last_updated: at }
    const once = patched(session, patch, 'session') as typeof session
    expect(once.charging_periods).toEqual([period(0), period(1), period(2)])
    expect(patched(once, patch, 'session')).toEqual(once)
  })
})
