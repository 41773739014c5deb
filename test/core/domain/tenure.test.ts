import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holderFault, holderOn, isOverlap, periodFault, periodOf, type Tenure } from '../../../core/domain/tenure.ts'

const owner = (party: string, from?: string, until?: string): Tenure => ({
  role: 'owner',
  party,
  ...(from !== undefined && { from }),
  ...(until !== undefined && { until }),
})

const day = fc
  .integer({ min: 0, max: 400 })
  .map((n) => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000).toISOString().slice(0, 10))
const period = fc
  .record({ from: day, until: day }, { requiredKeys: [] })
  .filter((given) => periodFault(given) === undefined)

describe('who has a role', () => {
  const handed = [
    owner('landlord', undefined, '2026-12-01'),
    owner('heirs', '2026-12-01', '2027-03-01'),
    owner('fund', '2027-04-01'),
  ]

  it.each([
    ['1990-01-01', 'landlord'],
    ['2026-11-30', 'landlord'],
    ['2026-12-01', 'heirs'],
    ['2027-02-28', 'heirs'],
    ['2027-03-01', undefined],
    ['2027-03-31', undefined],
    ['2027-04-01', 'fund'],
    ['2099-12-31', 'fund'],
  ])('on %s is %s', (on, party) => {
    expect(holderOn(handed, 'owner', on)?.party).toBe(party)
    expect(holderOn(handed, 'operator', on)).toBeUndefined()
  })

  it('is one at most, where periods do not overlap: both hold on some day exactly where they overlap', () => {
    fc.assert(
      fc.property(period, period, fc.array(day, { minLength: 5 }), (one, other, days) => {
        const holds = (given: object, on: string) => holderOn([{ role: 'owner', party: 'x', ...given }], 'owner', on)
        // the first day of the later one is on which both hold, if there is any
        const first = [one.from ?? '', other.from ?? ''].toSorted()[1] ?? ''
        const both = [first, ...days].some((on) => holds(one, on) && holds(other, on))
        expect(both).toBe(isOverlap(one, other))
        expect(isOverlap(other, one)).toBe(isOverlap(one, other))
      }),
    )
  })
})

describe('a period', () => {
  it('ends after it begins', () => {
    expect(periodFault({ from: '2026-02-01', until: '2026-02-01' })).toBe('is not after its first day')
    expect(periodFault({ from: '2026-01-31', until: '2026-02-01' })).toBeUndefined()
    expect(periodFault({ until: '2026-02-01' })).toBeUndefined()
  })

  it('is said in words', () => {
    const [from, until] = ['2026-01-01', '2026-02-01']
    expect([periodOf({}), periodOf({ from }), periodOf({ until }), periodOf({ from, until })]).toEqual([
      'always',
      'from 2026-01-01 on',
      'until 2026-02-01',
      'from 2026-01-01 until 2026-02-01',
    ])
  })
})

it('what a party is decides what it can be at a site', () => {
  expect(holderFault('owner', 'siteOwner')).toBeUndefined()
  expect(holderFault('provider', 'csr')).toBeUndefined()
  expect(holderFault('operator', 'siteOwner')).toBe('has the role siteOwner: only a cpo can be operator')
  expect(holderFault('owner', 'emp')).toBe('has the role emp: only a siteOwner or cpo or csr can be owner')
})
