import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockTimes, dayOf, localTime, timeOfDay } from '../../../core/pricing/local-time.ts'

const hour = 3_600_000
const berlin = 'Europe/Berlin'

/** The length of a day there: from one midnight to the next. */
const hoursOf = (zone: string, from: string): number => {
  const start = Date.parse(from)
  const [next = 0] = clockTimes(zone, start, start + 30 * hour, [0]).filter((at) => localTime(zone, at).ms === 0)
  return (next - start) / hour
}

describe('the clock of a site', () => {
  it.each([
    ['an ordinary day has 24 hours', berlin, '2026-11-27T00:00+01:00', 24],
    ['in the night in which clocks are put forward it has 23', berlin, '2026-03-29T00:00+01:00', 23],
    ['in the night in which they are put back it has 25', berlin, '2026-10-25T00:00+02:00', 25],
    ['where a summer is half an hour it has 24.5', 'Australia/Lord_Howe', '2026-04-05T00:00+11:00', 24.5],
    ['in the south the summer ends in April', 'Australia/Sydney', '2026-04-05T00:00+11:00', 25],
  ])('%s', (_, zone, from, hours) => {
    expect(hoursOf(zone, from)).toBe(hours)
  })

  it('shows a time of the place', () => {
    const shown = localTime('Asia/Kolkata', Date.parse('2026-11-27T20:00Z'))
    expect(shown).toEqual({ day: dayOf('2026-11-28'), ms: timeOfDay('01:30') })
  })

  it('jumps over what is missing, and cuts where it jumps', () => {
    const night = [Date.parse('2026-03-29T00:00Z'), Date.parse('2026-03-29T03:00Z')] as const
    const times = clockTimes(berlin, ...night, [timeOfDay('02:30')])
    expect(times).toEqual([Date.parse('2026-03-29T01:00Z')])
    expect(localTime(berlin, times[0] ?? 0).ms).toBe(timeOfDay('03:00'))
  })

  it('comes twice to the times of an hour that is there twice', () => {
    const night = [Date.parse('2026-10-25T00:00Z'), Date.parse('2026-10-25T03:00Z')] as const
    const times = clockTimes(berlin, ...night, [timeOfDay('02:30')])
    expect(times.map((at) => new Date(at).toISOString().slice(11, 16))).toEqual(['00:30', '01:00', '01:30'])
  })

  it('counts the days before 1970 too', () => {
    expect(localTime('UTC', Date.parse('1969-12-31T23:00Z'))).toEqual({ day: -1, ms: 23 * hour })
  })

  it('shows what Intl shows, at any time anywhere, and is cut wherever that comes to a time', () => {
    const zones = [berlin, 'America/New_York', 'Africa/Casablanca', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC'] as const
    const times = fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2037, 0) })
    const ofDay = fc.integer({ min: 0, max: 1_439 })
    fc.assert(
      fc.property(fc.constantFrom(...zones), times, ofDay, (timeZone, at, minutes) => {
        const text = new Date(at).toLocaleString('sv-SE', { timeZone })
        const local = localTime(timeZone, at)
        const shown = new Date(local.day * 24 * hour + local.ms).toISOString()
        expect(shown.slice(0, 19).replace('T', ' ')).toBe(text)
        const cuts = clockTimes(timeZone, at, at + 36 * hour, [minutes * 60_000])
        for (const cut of cuts) {
          const isTime = localTime(timeZone, cut).ms === minutes * 60_000
          const hasJumped = localTime(timeZone, cut).ms !== (localTime(timeZone, cut - 1).ms + 1) % (24 * hour)
          expect(isTime || hasJumped).toBe(true)
        }
        expect(cuts.length).toBeGreaterThan(0)
        expect(cuts).toEqual(cuts.toSorted((a, b) => a - b))
      }),
      { numRuns: 2_000 },
    )
  })
})
