import type { Amount, LineKind, Priced, PriceLine } from '../pricing/priced.ts'
import type { Dimension } from '../pricing/tariff.ts'
import { amountText, partsOf, quotient, unitOf } from '../domain/amount.ts'
import type { Decimal } from '../domain/decimal.ts'
import { invoiceDigits } from './amounts.ts'
import type { InvoicedShare } from './shares.ts'
import type { TaxKind } from './tax.ts'

/** A price of the account times what it was asked of. */
export interface InvoiceLine {
  /** From `1`. */
  readonly id: string
  readonly kind: LineKind
  readonly name: string
  readonly description: string
  /** Below nothing where energy was given back. */
  readonly quantity: Decimal
  readonly unit: QuantityUnit
  /** Before tax. */
  readonly net: Amount
  /** Before tax, of so many units; never negative. */
  readonly price: Amount
  readonly per: Decimal
  readonly tax: TaxKind
}

/** UN/ECE recommendation 20: kWh, seconds, pieces. Seconds, because thirds of an hour have no decimals. */
export type QuantityUnit = 'KWH' | 'SEC' | 'C62'

const units: Readonly<Record<Dimension, { readonly unit: QuantityUnit; readonly per: Decimal; readonly of: bigint }>> =
  {
    // of: parts of 10^-12 in what the account counts by (mWh, ms)
    ENERGY: { unit: 'KWH', per: '1', of: 1_000_000n },
    TIME: { unit: 'SEC', per: '3600', of: 1_000_000_000n },
    PARKING_TIME: { unit: 'SEC', per: '3600', of: 1_000_000_000n },
    FLAT: { unit: 'C62', per: '1', of: 1_000_000_000_000n },
  }

interface Placed {
  readonly id: string
  /** As the invoice rounds it, in parts of 10^-12. */
  readonly net: bigint
  readonly priced: Priced
  readonly name: string
  readonly description: string
}

export const lineOf = ({ line, kind }: InvoicedShare, { id, net, priced, name, description }: Placed): InvoiceLine => {
  const { unit, per, of } = units[line.component?.dimension ?? 'FLAT']
  return {
    id,
    kind: line.kind,
    name,
    description,
    quantity: amountText(BigInt(line.billed ?? line.volume ?? 1) * of, 0),
    unit,
    net: amountText(net, invoiceDigits),
    price: amountText(netPrice(line, priced), invoiceDigits),
    per,
    tax: kind,
  }
}

/** Without its tax, to ten decimals: multiplied by what was used it comes to the line (PEPPOL-EN16931-R120). */
const netPrice = ({ price = '0', vat }: PriceLine, { tariff }: Priced): bigint => {
  const gross = partsOf(price)
  if (tariff.taxIncluded !== 'YES' || vat === undefined) return gross
  const hundred = partsOf('100')
  const exact = quotient(gross * hundred, hundred + partsOf(vat))
  return quotient(exact, unitOf(10)) * unitOf(10)
}
