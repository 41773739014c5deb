import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatInstant, parseInstant } from '../../../core/domain/instant.ts'
import { clean } from '../../../core/domain/text.ts'
import { milliWattHours, scaled } from '../../../core/domain/units.ts'

describe('energy', () => {
  it.each([
    ['123456.7', 'Wh', 123_456_700],
    ['877.5', 'kWh', 877_500_000],
    [' 12 ', 'Wh', 12_000],
    ['0.0005', 'Wh', 1],
    ['-1.5', 'Wh', -1_500],
    ['1e3', 'Wh', 1_000_000],
    ['.5', 'kWh', 500_000],
  ] as const)('R-7 INV-43: %s %s is read digit by digit', (text, unit, mwh) => {
    expect(milliWattHours(text, unit)).toBe(mwh)
  })

  it.each(['', 'x', '1,5', '1e400', '9007199254741', '--1', 'NaN', 'Infinity', '0x10'])(
    'BI-27: %o is no energy',
    (text) => {
      expect(milliWattHours(text)).toBeUndefined()
    },
  )

  it('is exact for every whole number of milliwatt-hours', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000_000_000_000 }), (mwh) => {
        expect(milliWattHours(`${Math.floor(mwh / 1000)}.${String(mwh % 1000).padStart(3, '0')}`)).toBe(mwh)
      }),
    )
  })

  it.each([
    ['999999999', 0, 999_999_999],
    ['999999999', 6, 999_999_999_000_000],
    ['007', 7, 70_000_000],
    ['1', 9, 1_000_000_000],
  ] as const)('%s with %i places is %i, read the short way or the long one', (text, places, value) => {
    expect(scaled(text, places)).toBe(value)
  })

  it('never throws, whatever a station calls a number', () => {
    fc.assert(
      fc.property(fc.string(), (text) => scaled(text, 3) === undefined || Number.isSafeInteger(scaled(text, 3))),
    )
  })
})

describe('points in time', () => {
  it.each([
    ['2026-11-24T12:00:00Z', '2026-11-24T12:00:00.000Z'],
    ['2026-11-24T12:00:00.5Z', '2026-11-24T12:00:00.500Z'],
    ['2026-11-24T12:00:00.123456789+14:00', '2026-11-23T22:00:00.123Z'],
    ['2026-11-24T12:00:00+02', '2026-11-24T10:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('BI-40: %s is %s', (text, iso) => {
    expect(formatInstant(parseInstant(text)?.ms ?? Number.NaN)).toBe(iso)
  })

  it.each([
    '',
    'yesterday',
    '1000000',
    '2024-02-30T00:00:00Z',
    '2026-11-24T24:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-24',
    '2026-11-24T12:00:61Z',
  ])('BI-40: %o is none', (text) => {
    expect(parseInstant(text)).toBeUndefined()
  })

  it('BI-40: without a zone is UTC, and said so', () => {
    expect(parseInstant('2026-11-24T12:00:00')).toEqual({ ms: Date.UTC(2026, 10, 24, 12), zoneless: true })
  })

  it('every date that the language knows is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(parseInstant(date.toISOString())?.ms).toBe(date.getTime())
        },
      ),
    )
  })
})

describe('texts', () => {
  it('BI-28: lose U+0000 and lone surrogates, and what is too long', () => {
    expect(clean('a\u0000b\ud800c', 4)).toBe('ab\ufffd')
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => clean(text).isWellFormed() && !clean(text).includes('\u0000'),
      ),
    )
  })
})
