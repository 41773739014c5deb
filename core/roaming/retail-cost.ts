import { isCurrency } from '../domain/currencies.ts'
import { amountText, partsOf } from '../domain/amount.ts'
import { scaled } from '../domain/units.ts'
import type { RetailCost } from '../settlement/retail.ts'
import type { Cdr, DecimalText } from './model.ts'

/** What a partner's CDR makes us pay, or why that cannot be said: figures that nobody has checked (OCPI 2.3.0 mod_cdrs). */
export const retailCostOf = (cdr: Cdr): RetailCost | { readonly fault: string } => {
  const { currency, total_cost: cost, total_energy: energy } = cdr
  const net = partsOfText(cost.before_taxes)
  const taxes = (cost.taxes ?? []).map(({ amount }) => partsOfText(amount))
  const energyMwh = scaled(energy, 6)
  if (!isCurrency(currency)) return { fault: `its currency ${currency} is none that is in use` }
  if (net === undefined || taxes.includes(undefined)) return { fault: 'its total cannot be read' }
  const tax = taxes.reduce<bigint>((sum, one) => sum + (one ?? 0n), 0n)
  if (net < 0n || tax < 0n) return { fault: 'its total is less than nothing, and it is no credit' }
  if (energyMwh === undefined || energyMwh < 0) return { fault: 'its energy cannot be read' }
  return { net: amountText(net, 0), tax: amountText(tax, 0), currency, energyMwh }
}

/** What lies behind the twelfth decimal is what doubles have left there. */
const partsOfText = (text: DecimalText): bigint | undefined => {
  const [, amount] = /^(-?\d{1,12}(?:\.\d{1,12})?)\d*$/.exec(text) ?? []
  return amount === undefined || /^-?\d{13}/.test(text) ? undefined : partsOf(amount)
}
