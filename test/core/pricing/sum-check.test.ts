import { describe, expect, it } from 'vitest'
import { price } from '../../../core/pricing/price.ts'
import type { Priced } from '../../../core/pricing/priced.ts'
import { sumFault } from '../../../core/pricing/sum-check.ts'
import { charging, element, energy, expired, parked, reserved, tariff, usage } from '../../support/pricing.ts'

const minute = 60_000
const start = '2026-11-27T12:00Z'
const at = Date.parse(start)
const used = usage(start, [reserved(10), charging({ minutes: 30, kWh: 5.1234 }), parked(20)])
const priced = price(tariff([element({ maxKwh: '2' }, energy('0.333', '19')), element({}, energy('0.4', '7'))]), used)
const account = { energyMwh: 5_123_400, startedAt: at + 10 * minute, endedAt: at + 60 * minute }

const withPeriod = (place: number, change: object): Priced => ({
  ...priced,
  periods: priced.periods.map((period, i) => (i === place ? { ...period, ...change } : period)),
})
const [, second, third] = priced.periods

describe('what does not add up about a price', () => {
  it('nothing, of one the engine made', () => {
    expect(sumFault(priced, account)).toBeUndefined()
    const alone = price(priced.tariff, usage(start, [expired(30)]))
    expect(sumFault(alone, { energyMwh: 0, startedAt: at, endedAt: at + 30 * minute })).toBeUndefined()
  })

  it.each([
    ['a line is missing', { ...priced, lines: priced.lines.slice(1) }, account, /^the lines are not the total: net$/],
    [
      'a total has another tax',
      { ...priced, total: { ...priced.total, tax: '9.99' } },
      account,
      /^the lines are not the total: tax$/,
    ],
    [
      'a tax is moved from one line to another',
      {
        ...priced,
        lines: priced.lines.map((line, i) => (i < 2 ? { ...line, tax: priced.lines[1 - i]?.tax ?? '' } : line)),
      },
      account,
      /^a tax is not the difference/,
    ],
    ['it has no periods', { ...priced, periods: [] }, account, /^it has no periods$/],
    ['a gap', withPeriod(1, { until: (second?.until ?? 0) - 1 }), account, /^a period does not start/],
    ['time that runs back', withPeriod(2, { until: (third?.from ?? 0) - 1 }), account, /^a period ends before/],
    ['another start', priced, { ...account, startedAt: at }, /^its periods do not start with/],
    ['another end', priced, { ...account, endedAt: at }, /^its periods do not end with/],
    ['another energy', priced, { ...account, energyMwh: 5_123_401 }, /have 5123400 mWh, the account 5123401$/],
  ])('%s', (_, of, against, fault) => {
    expect(sumFault(of, against)).toMatch(fault)
  })
})
