import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { iccidKey, iccidSpellings, parseIccid } from '../../../core/domain/iccid.ts'
import { luhnDigitOf } from '../../../core/domain/luhn.ts'
import { eidOf, imeiOf, imsiOf } from '../../../core/domain/sim-numbers.ts'

describe('an ICCID', () => {
  it.each([
    ['8988303000123456789', 'of 19 digits'],
    ['89883030001234567894', 'of 20 with its check digit'],
    ['8988 3030 0012 3456 789', 'with blanks'],
    ['8988303000123456789F', 'filled up as the card has it'],
    ['8988-3030-0012-3456-789f', 'filled up in small letters'],
  ])('%s is the same card, %s', (text) => {
    expect(iccidKey(text)).toBe('8988303000123456789')
  })

  it('says which check digit it should have', () => {
    expect(parseIccid('89883030001234567890')).toEqual({ fault: 'the check digit is 0, and should be 4' })
  })

  it.each([
    ['', 'it is empty'],
    ['17', 'it has 2 digits: 19 or 20, or one fewer without its check digit'],
    ['-71', 'it has 2 digits: 19 or 20, or one fewer without its check digit'],
    ['9888033300102143658F', 'it begins with 98: the digits of each pair are exchanged'],
    ['1234567890123456789', 'it begins with 12: every ICCID begins with 89'],
    ['898830300012345678A', 'it has letters: an ICCID is made of digits'],
    ['89883030001234567８9', expect.stringContaining('U+FF18')],
    ['9'.repeat(200), expect.stringContaining('no identifier is so long')],
  ])('%j is none, and it says why', (text, fault) => {
    expect(parseIccid(text)).toEqual({ fault })
  })

  it('is the same in all of its spellings, and of 20 digits no other last one is taken', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{16}$/), (digits) => {
        const bare = `89${digits}`
        const keys = [bare, bare + luhnDigitOf(bare)].map(iccidKey)
        expect(new Set(keys).size).toBe(1)
        const key = keys[0] ?? ''
        expect(iccidSpellings(key).map(iccidKey)).toEqual(iccidSpellings(key).map(() => key))
        const right = luhnDigitOf(key)
        for (const digit of '0123456789') expect(iccidKey(key + digit) === key).toBe(digit === right)
      }),
    )
  })

  it('is told from every other by any one digit, where its check digit is there', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{17}$/), fc.nat(16), (digits, at) => {
        const key = `89${digits}`
        const full = (key + luhnDigitOf(key)).split('')
        const wrong = full.with(at + 2, String((Number(full[at + 2]) + 1) % 10)).join('')
        expect(iccidKey(wrong)).toBeUndefined()
      }),
    )
  })
})

describe('the numbers beside it', () => {
  it('an IMEI is the same with its check digit, without it, and with the version of its software', () => {
    expect(['35293510000018', '352935100000182', '352935100000180', '3529351000001877'].map(imeiOf)).toEqual(
      Array.from({ length: 4 }, () => '35293510000018'),
    )
  })
  it.each(['', '0', '00000000000000', '352935100000181', '352935100000189', 'n/a'])('%j is no IMEI', (text) => {
    expect(imeiOf(text)).toBeUndefined()
  })
  it('an IMSI has up to 15 digits', () => {
    expect([imsiOf('901405100000018'), imsiOf('9014051000000180'), imsiOf('unknown')]).toEqual([
      '901405100000018',
      undefined,
      undefined,
    ])
  })
  it('an EID leaves 1 when it is divided by 97', () => {
    expect([eidOf('89049032123451234512345678901235'), eidOf('89049032123451234512345678901236')]).toEqual([
      '89049032123451234512345678901235',
      undefined,
    ])
  })
})
