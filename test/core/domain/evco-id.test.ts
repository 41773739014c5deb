import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDigitOf, evcoKey, evcoSpellings, isSameContract } from '../../../core/domain/evco-id.ts'

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
})
