import fc from 'fast-check'
import { expect, it } from 'vitest'
import { partsOf, unitOf } from '../../../core/domain/amount.ts'
import { invoiceOf } from '../../../core/invoicing/invoice-of.ts'
import { price } from '../../../core/pricing/price.ts'
import type { TaxIncluded } from '../../../core/pricing/tariff.ts'
import { contentOf, invoicing } from '../../support/invoices.ts'
import { charging, element, energy, flat, parked, parking, tariff, time, usage } from '../../support/pricing.ts'

const cents = (most: number) => fc.integer({ min: 0, max: most }).map((n) => (n / 100).toFixed(2))
const rate = fc.constantFrom('0', '7', '19', '25.5')
const limit = fc.option(cents(4_000), { nil: undefined })

it('whatever the tariff engine prices comes to the same amount on an invoice: limits, steps, taxes in the prices or not', () => {
  fc.assert(
    fc.property(
      fc.record({
        taxIncluded: fc.constantFrom<TaxIncluded>('YES', 'NO'),
        currency: fc.constantFrom('EUR', 'JPY', 'HUF'),
        prices: fc.tuple(cents(300), cents(100), cents(900), cents(900)),
        rates: fc.tuple(rate, rate, rate, rate),
        step: fc.constantFrom(1, 500, 900),
        min: limit,
        more: limit,
        side: fc.constantFrom('beforeTaxes', 'afterTaxes'),
        kWh: fc.integer({ min: -20_000, max: 90_000 }),
        minutes: fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 300 })),
      }),
      ({ taxIncluded, currency, prices, rates, step, min, more, side, kWh, minutes }) => {
        const minPrice = min === undefined ? undefined : { [side]: min }
        const maxPrice = more === undefined ? undefined : { [side]: (Number(min ?? '0') + Number(more)).toFixed(2) }
        const asked = tariff(
          [
            element(
              {},
              flat(prices[0], rates[0]),
              energy(prices[1], rates[1], step),
              time(prices[2], rates[2], step),
              parking(prices[3], rates[3], step),
            ),
          ],
          { taxIncluded, currency, ...(minPrice && { minPrice }), ...(maxPrice && { maxPrice }) },
        )
        // a least price of energy given back is a tax of no rate: such an account is refused (SM-04)
        const used = minPrice === undefined && maxPrice === undefined ? kWh : Math.abs(kWh)
        const parts = [
          charging({ minutes: minutes[0], kWh: used / 1_000 }),
          ...(minutes[1] > 0 ? [parked(minutes[1])] : []),
        ]
        const priced = price(asked, usage('2026-11-27T08:00:00Z', parts))
        const content = contentOf()
        const made = invoiceOf({ ...content, account: { ...content.account, priced } }, invoicing)
        if ('faults' in made) throw new Error(JSON.stringify(made.faults))
        const { totals, taxes, lines, adjustments } = made.invoice
        expect(partsOf(totals.payable)).toBe(partsOf(priced.total.gross))
        // what the whole is rounded by is a matter of cents, but for the currency's own rounding
        const [slack, least] = [partsOf(totals.rounding), unitOf(2) * 10n + (currency === 'JPY' ? unitOf(0) : 0n)]
        expect(slack < least && -slack < least).toBe(true)
        const sold = [
          ...lines.map(({ net }) => partsOf(net)),
          ...adjustments.map(({ amount, isCharge }) => (isCharge ? partsOf(amount) : -partsOf(amount))),
        ]
        expect(sold.reduce((sum, net) => sum + net, 0n)).toBe(partsOf(totals.net))
        expect(taxes.reduce((sum, { taxable }) => sum + partsOf(taxable), 0n)).toBe(partsOf(totals.net))
      },
    ),
    { numRuns: 500, seed: 16931 },
  )
})
