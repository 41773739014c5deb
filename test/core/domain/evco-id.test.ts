import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkDigitOf,
  converted,
  dinCheckDigitOf,
  type EvcoId,
  evcoKey,
  evcoSpellings,
  formatEvcoId,
  isSameContract,
  parseEvcoId,
} from '../../../core/domain/evco-id.ts'

const published = [
  ['NN123ABCDEFGHI', 'T'],
  ['FRXYZ123456789', '2'],
  ['ITA1B2C3E4F5G6', '4'],
  ['ESZU8WOX834H1D', 'R'],
  ['PT73902837ABCZ', 'Z'],
  ['DE83DUIEN83QGZ', 'D'],
  ['DE83DUIEN83ZGQ', 'M'],
  ['DE8AA001234567', '0'],
  ['NLTNM000122045', 'U'],
  ['NLTNMC00122045', 'K'],
  ['NLTNM012345678', 'W'],
] as const

const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('')
const letters = alphanumeric.slice(10)
const evcoIds = fc
  .tuple(
    fc.array(fc.constantFrom(...letters), { minLength: 2, maxLength: 2 }),
    fc.array(fc.constantFrom(...alphanumeric), { minLength: 12, maxLength: 12 }),
  )
  .map(([country, more]) => [...country, ...more].join(''))

describe('an EVCO ID', () => {
  it.each(published)('%s has the check digit %s', (plain, digit) => {
    expect(checkDigitOf(plain)).toBe(digit)
  })

  it('is the same with and without hyphens, check digit and capitals', () => {
    const spellings = [
      'DE83DUIEN83QGZ',
      'DE83DUIEN83QGZD',
      'DE-83D-UIEN83QGZ',
      'de-83d-uien83qgz-d',
      ' DE83DUIEN83QGZ ',
    ]
    expect(spellings.map(evcoKey)).toEqual(spellings.map(() => 'DE83DUIEN83QGZ'))
  })

  it('is none with a check digit that is wrong, with too few characters, or with those of other alphabets', () => {
    const none = [
      'DE83DUIEN83QGZX',
      'DE83DUIEN83QG',
      '1E83DUIEN83QGZ',
      'DЕ83DUIEN83QGZ',
      'DE83DUIEN83QG٣',
      'ﬁ3DUIEN83QGZ',
      '😀',
      '',
    ]
    expect(none.map(evcoKey)).toEqual(none.map(() => undefined))
  })

  it('is equal to nothing else', () => {
    expect(isSameContract('DE-83D-UIEN83QGZ-D', 'de83duien83qgz')).toBe(true)
    expect(isSameContract('DE83DUIEN83QGZ', 'DE83DUIEN83QGA')).toBe(false)
    expect(isSameContract('04AABBCC', '04aabbcc')).toBe(true)
    expect(isSameContract('04AABBCC', 'DE83DUIEN83QGZ')).toBe(false)
  })

  it('is looked for in every spelling, first in the one it came in', () => {
    expect(evcoSpellings('de83d-uien83qgz')).toEqual([
      'de83d-uien83qgz',
      'DE83DUIEN83QGZ',
      'DE83DUIEN83QGZD',
      'DE-83D-UIEN83QGZ',
      'DE-83D-UIEN83QGZ-D',
    ])
    expect(evcoSpellings('04AABBCC')).toEqual(['04AABBCC'])
  })

  it('every spelling of it has the same key', () => {
    fc.assert(
      fc.property(evcoIds, (id) => {
        expect(evcoSpellings(id).map(evcoKey)).toEqual(Array<string>(5).fill(id).slice(0, evcoSpellings(id).length))
      }),
    )
  })

  it('shows by its check digit that two neighbours were swapped', () => {
    fc.assert(
      fc.property(evcoIds, fc.integer({ min: 0, max: 12 }), (id, at) => {
        const [a = '', b = ''] = [id[at], id[at + 1]]
        fc.pre(a !== b)
        expect(checkDigitOf(id.slice(0, at) + b + a + id.slice(at + 2))).not.toBe(checkDigitOf(id))
      }),
    )
  })

  it('shows by its check digit that one character is another', () => {
    fc.assert(
      fc.property(evcoIds, fc.integer({ min: 2, max: 13 }), fc.constantFrom(...alphanumeric), (id, at, other) => {
        fc.pre(id[at] !== other)
        expect(checkDigitOf(id.slice(0, at) + other + id.slice(at + 1))).not.toBe(checkDigitOf(id))
      }),
    )
  })
})

const publishedDin = [
  ['INTNM000071', '9'],
  ['INTNM000110', 'X'],
  ['INTNM000124', '0'],
  ['INTNM000114', '6'],
  ['INTNM000191', '5'],
] as const

const read = (text: string): EvcoId => {
  const id = parseEvcoId(text)
  if ('fault' in id) throw new Error(`${text}: ${id.fault}`)
  return id
}
const faultOf = (text: string): string | undefined => {
  const id = parseEvcoId(text)
  return 'fault' in id ? id.fault : undefined
}

describe('an EVCO ID of DIN SPEC 91286', () => {
  it.each(publishedDin)('%s has the check digit %s', (plain, digit) => {
    expect(dinCheckDigitOf(plain)).toBe(digit)
  })

  it('is read with hyphens, with asterisks and without', () => {
    const spellings = ['IN-TNM-000071-9', 'IN*TNM*000071*9', 'INTNM0000719', 'in-tnm-000071-9']
    expect(spellings.map(read)).toEqual(
      spellings.map(() => ({ form: 'din', country: 'IN', provider: 'TNM', contract: '000071', checkDigit: '9' })),
    )
    expect(spellings.map(evcoKey)).toEqual(spellings.map(() => 'INTNM0000719'))
    expect(evcoSpellings('in-tnm-000071-9')).toEqual(['in-tnm-000071-9', 'INTNM0000719', 'IN*TNM*000071*9'])
  })

  it('keeps its check digit as part of the contract in the forms of ISO and of eMI3', () => {
    const id = read('NL-TNM-012204-5')
    expect(formatEvcoId(converted(id, 'iso'))).toBe('NL-TNM-000122045-U')
    expect(formatEvcoId(converted(id, 'emi3'))).toBe('NL-TNM-C00122045-K')
  })

  it('is none without its check digit, or with that of ISO', () => {
    expect(faultOf('IN-TNM-000071')).toBe('the check digit is missing, which DIN SPEC 91286 does not leave out')
    expect(faultOf('IN-TNM-000071-5')).toBe('the check digit is 5, and should be 9')
    expect(faultOf('IN-TNM-000110-1')).toBe('the check digit is 1, and should be X')
  })

  it('converted, is one of ISO with the same country and provider, and reads back as it was written', () => {
    const elevens = fc
      .tuple(
        fc.array(fc.constantFrom(...letters), { minLength: 2, maxLength: 2 }),
        fc.array(fc.constantFrom(...alphanumeric), { minLength: 9, maxLength: 9 }),
      )
      .map(([country, more]) => [...country, ...more].join(''))
    fc.assert(
      fc.property(elevens, fc.constantFrom('iso' as const, 'emi3' as const), (plain, to) => {
        const id = read(plain + dinCheckDigitOf(plain))
        const other = converted(id, to)
        expect(read(formatEvcoId(other))).toEqual(
          to === 'emi3' ? other : { ...other, form: other.contract.startsWith('C') ? 'emi3' : 'iso' },
        )
        expect(read(formatEvcoId(id))).toEqual(id)
        expect(other.contract.slice(2)).toBe(id.contract + id.checkDigit)
      }),
    )
  })
})

describe('what is wrong with an EVCO ID is said', () => {
  it.each([
    ['DE-83D-UIEN83QGZ-5', 'the check digit is 5, and should be D'],
    ['DE83DUIEN83QG', 'it has 13 letters and digits: 14, 15 with a check digit, or 12 by DIN SPEC 91286'],
    ['1E-83D-UIEN83QGZ', 'the country is two letters, and this begins with “1E”'],
    ['DE-83D-UIEN-83QGZ', 'separators can stand only after the country, the provider and the contract'],
    ['DE*83D*UIEN83QGZ', 'the parts are separated by hyphens: only DIN SPEC 91286 has asterisks'],
    ['DE--83DUIEN83QGZ', 'separators can stand only after the country, the provider and the contract'],
    ['', 'it is empty'],
    ['A'.repeat(65_536), 'it has 65536 characters: no identifier is so long'],
    ['DЕ83DUIEN83QGZ', 'character 2 is “Е” (U+0415): only letters A to Z, digits and “-” and “*” are allowed'],
    ['DE83DUIEN83QG٣', 'character 14 is “٣” (U+0663): only letters A to Z, digits and “-” and “*” are allowed'],
    ['DE😀', 'character 3 is “😀” (U+1F600): only letters A to Z, digits and “-” and “*” are allowed'],
    ['DE\u0000', 'character 3 is U+0000: only letters A to Z, digits and “-” and “*” are allowed'],
    ['DE\ud800', 'character 3 is U+D800: only letters A to Z, digits and “-” and “*” are allowed'],
    ['ﬁ83DUIEN83QGZ', 'character 1 is “ﬁ” (U+FB01): only letters A to Z, digits and “-” and “*” are allowed'],
  ])('%j', (text, fault) => {
    expect(faultOf(text)).toBe(fault)
  })

  it('whatever comes, it is read or refused with a sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const id = parseEvcoId(text)
        expect('fault' in id ? id.fault.length > 0 : evcoKey(formatEvcoId(id)) === evcoKey(text)).toBe(true)
      }),
    )
  })
})
