import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayIn, timeZone } from '../../../core/domain/time-zone.ts'

describe('a time zone', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['EUROPE/BERLIN', 'Europe/Berlin'],
    ['Europe/Kiev', 'Europe/Kiev'],
    ['Europe/Kyiv', 'Europe/Kyiv'],
    ['Asia/Calcutta', 'Asia/Calcutta'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
    ['NZ-CHAT', 'NZ-CHAT'],
    ['UTC', 'UTC'],
  ])('%s is kept as %s, links and old names too', (text, name) => {
    expect(timeZone(text)).toBe(name)
  })

  it.each([
    '',
    '+01:00',
    '-0500',
    'CEST',
    'PST',
    'UTC+1',
    'Mars/Phobos',
    'Europe/Berlin ',
    'Europe/Bеrlin',
    'a'.repeat(65),
  ])('%j is none', (text) => {
    expect(timeZone(text)).toBeUndefined()
  })
})

describe('a day', () => {
  const at = (text: string): number => Date.parse(text)

  it.each([
    ['Europe/Berlin', '2026-11-30T22:59:59.999Z', '2026-11-30'],
    ['Europe/Berlin', '2026-11-30T23:00:00.000Z', '2026-12-01'],
    ['Europe/Berlin', '2026-06-30T22:00:00.000Z', '2026-07-01'],
    ['America/New_York', '2026-12-01T04:59:59.999Z', '2026-11-30'],
    ['Pacific/Kiritimati', '2026-12-31T10:00:00.000Z', '2027-01-01'],
    ['Asia/Kathmandu', '2026-02-28T18:15:00.000Z', '2026-03-01'],
    ['UTC', '0099-01-01T00:00:00.000Z', '0099-01-01'],
  ])('in %s at %s is %s', (zone, instant, day) => {
    expect(dayIn(zone, at(instant))).toBe(day)
  })

  it('never comes before the one before it', () => {
    const time = fc.integer({ min: at('1990-01-01T00:00:00Z'), max: at('2090-01-01T00:00:00Z') })
    fc.assert(
      fc.property(
        fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'UTC'),
        time,
        fc.nat(90_000_000),
        (zone, one, later) => dayIn(zone, one) <= dayIn(zone, one + later),
      ),
    )
  })
})
