import fc from 'fast-check'
import { expect, it } from 'vitest'
import { millionths } from '../../../core/domain/decimal.ts'
import { needsCourse } from '../../../core/pricing/account-usage.ts'
import { price, totalsOf } from '../../../core/pricing/price.ts'
import type { Priced } from '../../../core/pricing/priced.ts'
import { digitsOf, unitsOf } from '../../../core/pricing/rounding.ts'
import { sumFault } from '../../../core/pricing/sum-check.ts'
import type { Tariff } from '../../../core/pricing/tariff.ts'
import type { Stretch, Usage } from '../../../core/pricing/usage.ts'
import { anyTariff, anyUsage } from '../../support/any-tariff.ts'

/** The same with one stretch in two, after a whole second of it. */
const cutAt = (usage: Usage, at: number): Usage => {
  const place = at % usage.stretches.length
  const stretch = usage.stretches[place]
  const seconds = stretch === undefined ? 0 : (stretch.until - stretch.from) / 1_000
  if (stretch === undefined || seconds < 2) return usage
  const after = 1 + (at % (seconds - 1))
  const middle = stretch.from + after * 1_000
  const energyMwh = (stretch.energyMwh / seconds) * after
  const halves: readonly Stretch[] = [
    { ...stretch, until: middle, energyMwh },
    { ...stretch, from: middle, energyMwh: stretch.energyMwh - energyMwh },
  ]
  return { ...usage, stretches: usage.stretches.toSpliced(place, 1, ...halves) }
}

const accountOf = ({ stretches }: Usage) => {
  const session = stretches.filter(({ kind }) => kind === 'charging' || kind === 'parking')
  return {
    energyMwh: session.reduce((sum, { energyMwh }) => sum + energyMwh, 0),
    startedAt: session[0]?.from ?? 0,
    endedAt: session.at(-1)?.until ?? 0,
  }
}

const sumOf = (amounts: readonly string[]): bigint => amounts.reduce((sum, amount) => sum + unitsOf(amount, 6), 0n)

const isWithin = ({ total, tariff }: Priced): boolean =>
  (['net', 'gross'] as const).every((side) => {
    const name = side === 'net' ? 'beforeTaxes' : 'afterTaxes'
    const unit = 10n ** BigInt(6 - digitsOf(total[side]))
    const paid = unitsOf(total[side], 6)
    const most = tariff.maxPrice?.[name]
    const least = tariff.minPrice?.[name]
    if (most !== undefined && paid > millionths(most)) return false
    // a highest price below the lowest one wins, and so does one between which and the lowest no coin lies
    const isPossible = most === undefined || (least !== undefined && millionths(most) >= millionths(least) + unit)
    return least === undefined || !isPossible || paid >= millionths(least)
  })

const same = (a: Priced, b: Priced): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Each tariff is asked for the price of many sessions, as tariffs are. */
const tariffs = 2_500
const sessionsOfEach = 40

it(
  'of 100,000 sessions the price adds up, is within its limits, and is the same wherever a stretch is cut',
  { timeout: 240_000 },
  () => {
    const sessions = fc.array(fc.tuple(anyUsage, fc.nat()), { minLength: sessionsOfEach, maxLength: sessionsOfEach })
    const faultOf = (tariff: Tariff, usage: Usage, at: number): string | undefined => {
      const priced = price(tariff, usage)
      const parts = Object.values(totalsOf(priced)).map(({ net }) => net)
      if (sumOf(parts) !== unitsOf(priced.total.net, 6)) return 'its parts are not its total'
      if (!isWithin(priced)) return 'it is not within its limits'
      if (!same(priced, price(tariff, cutAt(usage, at)))) return 'it changes with a cut'
      return sumFault(priced, accountOf(usage))
    }
    fc.assert(
      fc.property(anyTariff, sessions, (tariff, all) => {
        for (const [usage, at] of all) expect(faultOf(tariff, usage, at)).toBeUndefined()
      }),
      { numRuns: tariffs },
    )
  },
)

it('the same tariff and the same session have the same price, whoever reads them', () => {
  fc.assert(
    fc.property(anyTariff, anyUsage, (tariff, usage) =>
      same(price(tariff, usage), price(structuredClone(tariff), structuredClone(usage))),
    ),
    { numRuns: 1_000 },
  )
})

it('a tariff without conditions does not see where a stretch is cut, to the ms', () => {
  const plain = anyTariff.map((tariff) => ({
    ...tariff,
    elements: tariff.elements.map(({ components }) => ({ components })),
  }))
  const stretch = fc.record({ ms: fc.integer({ min: 2, max: 1e8 }), energyMwh: fc.integer({ min: -1e8, max: 1e9 }) })
  fc.assert(
    fc.property(plain, stretch, fc.double({ min: 0, max: 1, noNaN: true }), (tariff, { ms, energyMwh }, share) => {
      const middle = Math.floor(ms * share)
      const flowed = Number((BigInt(energyMwh) * BigInt(middle)) / BigInt(ms))
      const one: Stretch = { kind: 'charging', from: 0, until: ms, energyMwh }
      const two: readonly Stretch[] = [
        { ...one, until: middle, energyMwh: flowed },
        { ...one, from: middle, energyMwh: energyMwh - flowed },
      ]
      expect(price(tariff, { zone: 'UTC', stretches: two })).toEqual(price(tariff, { zone: 'UTC', stretches: [one] }))
    }),
    { numRuns: 2_000 },
  )
})

it('a tariff that does not need the course of a session does not see it', () => {
  const byTotals = anyTariff.map((tariff): Tariff => {
    const elements = tariff.elements.map(({ components, restrictions: { reservation } = {} }) => ({
      components: components.filter(({ dimension }) => reservation !== undefined || !dimension.includes('TIME')),
      ...(reservation !== undefined && { restrictions: { reservation } }),
    }))
    return { ...tariff, elements }
  })
  fc.assert(
    fc.property(byTotals, anyUsage, (tariff, usage) => {
      expect(needsCourse(tariff)).toBe(false)
      const { energyMwh, startedAt, endedAt } = accountOf(usage)
      const before = usage.stretches.filter(({ kind }) => kind === 'reserved' || kind === 'reservationExpired')
      const whole: Stretch = { kind: 'charging', from: startedAt, until: endedAt, energyMwh }
      const [one, other] = [price(tariff, usage), price(tariff, { ...usage, stretches: [...before, whole] })]
      expect([other.lines, other.total]).toEqual([one.lines, one.total])
    }),
    { numRuns: 2_000 },
  )
})
