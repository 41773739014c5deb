import { amountText, partsOf, unitOf } from '../domain/amount.ts'
import type { DocumentContent } from '../domain/document.ts'
import { dayIn } from '../domain/time-zone.ts'
import type { Amount, LineKind, Priced, PriceLine } from '../pricing/priced.ts'
import { totalDigitsOf } from '../pricing/rounding.ts'
import { type InvoiceAmounts, invoiceAmounts, invoiceDigits } from './amounts.ts'
import type { Bill, InvoiceFault, InvoiceTerms } from './invoice.ts'
import { lineOf } from './line.ts'
import { type InvoicedShare, isLimit, sharesOf } from './shares.ts'
import { taxKindOf } from './tax.ts'

export type Billed = { readonly bill: Bill } | { readonly faults: readonly InvoiceFault[] }

/** What a document bills, whoever pays it. The faults are those of an account that no invoice can say. */
export const billOf = (content: DocumentContent, terms: InvoiceTerms, isReverse: boolean): Billed => {
  const { priced } = content.account
  if (priced === undefined) return faulty('SM-01', 'An account without a price cannot be invoiced.')
  const priceShares = sharesOf(priced, terms, isReverse)
  if (priceShares === undefined)
    return faulty('SM-03', 'Where the buyer owes the tax there is none in the prices of the tariff.')
  const kind = priceShares[0]?.kind ?? taxKindOf(undefined, terms, isReverse) ?? { category: 'O' }
  const isBare = priceShares.every(({ line }) => isLimit(line))
  const shares = isBare ? [{ line: energyOf(content), kind, net: 0n, tax: 0n }, ...priceShares] : priceShares
  const amounts = invoiceAmounts(shares, {
    net: partsOf(priced.total.net),
    gross: partsOf(priced.total.gross),
    unit: unitOf(totalDigitsOf(priced.rounding, priced.tariff.currency)),
  })
  if (amounts === undefined) return faulty('SM-04', 'The tax of an account is what its rates make of its net amounts.')
  return { bill: worded(content, priced, { shares, amounts, terms }) }
}

const faulty = (rule: string, text: string) => ({ faults: [{ rule, text }] })

/** An invoice has a line (BR-16): where no price was asked it is the energy, for nothing. */
const energyOf = ({ account: { energyMwh } }: DocumentContent): PriceLine => ({
  kind: 'energy',
  component: { dimension: 'ENERGY', element: 0, component: 0 },
  price: '0',
  volume: energyMwh,
  net: '0',
  tax: '0',
  gross: '0',
})

interface Worked {
  readonly shares: readonly InvoicedShare[]
  readonly amounts: InvoiceAmounts
  readonly terms: InvoiceTerms
}

const worded = (content: DocumentContent, priced: Priced, { shares, amounts, terms }: Worked): Bill => {
  const names = { ...defaultNames, ...terms.names }
  const description = whereOf(content, priced.zone)
  const entries = shares.map((share, i) => ({ share, net: amounts.nets[i] ?? 0n }))
  const limits = entries.filter(({ share, net }) => isLimit(share.line) && net !== 0n)
  const lines = entries.filter(({ share }) => !isLimit(share.line))
  const text = (parts: bigint): Amount => amountText(parts, invoiceDigits)
  const sum = (of: typeof entries): bigint => of.reduce((all, { net }) => all + net, 0n)
  return {
    currency: priced.tariff.currency,
    lines: lines.map(({ share, net }, i) =>
      lineOf(share, { id: String(i + 1), net, priced, name: names[share.line.kind], description }),
    ),
    adjustments: limits.map(({ share, net }) => ({
      kind: share.line.kind,
      isCharge: net > 0n,
      amount: text(net < 0n ? -net : net),
      reason: names[share.line.kind],
      tax: share.kind,
    })),
    taxes: amounts.taxes.map(({ kind, taxable, tax }) => ({
      ...kind,
      taxable: text(taxable),
      amount: text(tax),
      ...(kind.category === 'E' && terms.exemption !== undefined && { exemption: terms.exemption }),
    })),
    totals: {
      lines: text(sum(lines)),
      allowances: text(-sum(limits.filter(({ net }) => net < 0n))),
      charges: text(sum(limits.filter(({ net }) => net > 0n))),
      net: text(amounts.net),
      tax: text(amounts.tax),
      gross: text(amounts.net + amounts.tax),
      rounding: text(amounts.rounding),
      payable: text(partsOf(priced.total.gross)),
    },
  }
}

const defaultNames: Readonly<Record<LineKind, string>> = {
  fixed: 'Fixed fee',
  energy: 'Energy',
  time: 'Charging time',
  parking: 'Parking time',
  reservation: 'Reservation',
  minPrice: 'Minimum price',
  maxPrice: 'Maximum price',
  rounding: 'Rounding',
}

/** What a reader of a line is told beside its price. */
const whereOf = ({ account }: DocumentContent, zone: string): string => {
  const { evseId, chargePoint, evse, startedAt } = account
  return `${evseId ?? `${chargePoint}, EVSE ${evse}`}, ${dayIn(zone, startedAt)}`
}
