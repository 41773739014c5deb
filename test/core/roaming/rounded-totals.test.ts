import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountOf, digitsOf, unitsOf } from '../../../core/pricing/rounding.ts'
import { roundedTotals } from '../../../core/roaming/rounded-totals.ts'

const price = (net: string, ...taxes: readonly string[]) => ({
  before_taxes: net,
  taxes: taxes.map((amount) => ({ name: 'VAT', amount })),
})

describe('totals for a partner that takes few decimals', () => {
  it('are rounded once, halves away from zero, and the last tax has what remains', () => {
    const cdr = { id: 'C1', total_cost: price('10.125', '1.013', '0.502'), total_energy: '3.1415' }
    const { object, losses } = roundedTotals(cdr, 'cdr', 2)
    expect([object, losses.map(({ pointer, rule }) => `${pointer} ${rule}`)]).toEqual([
      { id: 'C1', total_cost: price('10.13', '1.01', '0.50'), total_energy: '3.1415' },
      ['/total_cost rounded'],
    ])
  })

  it('of a credit are what was billed, negated', () => {
    expect(roundedTotals({ total_cost: { before_taxes: '-2.345' } }, 'cdr', 2).object).toEqual({
      total_cost: { before_taxes: '-2.35' },
    })
  })

  it('stay as they are where they have no more', () => {
    const session = { total_cost: price('10.1', '1') }
    expect(roundedTotals(session, 'session', 2)).toEqual({ object: session, losses: [] })
  })

  it('are none in a tariff: its prices are what was agreed', () => {
    const tariff = { min_price: { before_taxes: '0.1234' } }
    expect(roundedTotals(tariff, 'tariff', 2).object).toBe(tariff)
  })

  it('with their taxes are never more than half a unit from what they were', () => {
    const amount = fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }).map((units) => amountOf(units, 4))
    fc.assert(
      fc.property(
        amount,
        fc.array(amount, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 3 }),
        (net, taxes, decimals) => {
          const { object } = roundedTotals({ total_cost: price(net, ...taxes) }, 'cdr', decimals)
          const { total_cost: rounded } = object as { total_cost: ReturnType<typeof price> }
          const amounts = [rounded.before_taxes, ...rounded.taxes.map((tax) => tax.amount)]
          const sum = (all: readonly string[]) => all.reduce((whole, one) => whole + unitsOf(one, 4), 0n)
          const off = sum(amounts) - sum([net, ...taxes])
          const half = 5n * 10n ** BigInt(3 - decimals)
          expect([amounts.every((one) => digitsOf(one) <= decimals), off <= half && off >= -half]).toEqual([true, true])
        },
      ),
    )
  })
})
