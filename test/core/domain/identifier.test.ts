import { describe, expect, it } from 'vitest'
import { identify } from '../../../core/domain/identifier.ts'
import { formatPartyCode, parsePartyCode, partyKey } from '../../../core/domain/party-code.ts'

describe('the code of a party', () => {
  it('is the same with an asterisk, a hyphen, and without', () => {
    const spellings = ['DE*ABC', 'DE-ABC', 'DEABC', 'de*abc', ' DEABC ']
    expect(spellings.map(partyKey)).toEqual(spellings.map(() => 'DEABC'))
    const code = parsePartyCode('nl-tnm')
    expect('fault' in code ? code : formatPartyCode(code)).toBe('NL*TNM')
  })

  it.each([
    ['DE', 'it is not two letters of a country and three characters of a party'],
    ['DE*ABCD', 'it is not two letters of a country and three characters of a party'],
    ['1E*ABC', 'the country is two letters, and this begins with “1E”'],
    ['DEA*BC', 'a separator can stand only after the country'],
    ['DE*AВC', 'character 5 is “В” (U+0412): only letters A to Z, digits and “*” and “-” are allowed'],
    ['DE\u0000AB', 'character 3 is U+0000: only letters A to Z, digits and “*” and “-” are allowed'],
  ])('that is none says why: %j', (text, fault) => {
    expect(parsePartyCode(text)).toEqual({ fault })
  })
})

describe('an identifier', () => {
  it('is told with its parts and the forms in which others write it', () => {
    expect(identify('nl*tnm*012204*5')).toEqual({
      readings: [
        {
          kind: 'evco',
          parts: { form: 'din', country: 'NL', provider: 'TNM', contract: '012204', checkDigit: '5' },
          key: 'NLTNM0122045',
          forms: {
            din: 'NL-TNM-012204-5',
            iso15118: 'NL-TNM-000122045-U',
            emi3: 'NL-TNM-C00122045-K',
            plain: 'NLTNM000122045U',
          },
        },
      ],
      faults: {
        evse: 'its type is “0”, and should be E (EVSE), P (pool) or S (station)',
        party: 'it is not two letters of a country and three characters of a party',
      },
    })
    expect(identify('BEBECE041503001').readings).toMatchObject([
      {
        kind: 'evse',
        forms: { iso15118: 'BE*BEC*E041503001', plain: 'BEBECE041503001', ocpi211: 'BE-BEC-E041503001' },
      },
    ])
    expect(identify('DE-ABC').readings).toMatchObject([{ kind: 'party', key: 'DEABC', forms: { operator: 'DE*ABC' } }])
    expect(identify('+49*123*456*1').readings).toMatchObject([{ kind: 'evse', forms: { din: '+49*123*456*1' } }])
  })

  it('may be one of two kinds', () => {
    expect(identify('DE8AAE01234567').readings.map(({ kind }) => kind)).toEqual(['evse', 'evco'])
  })

  it('that is none is told why, for each kind', () => {
    const { readings, faults } = identify('😀')
    expect(readings).toEqual([])
    expect(Object.keys(faults)).toEqual(['evse', 'evco', 'party'])
  })
})
