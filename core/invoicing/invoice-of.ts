import type { Amount, LineKind, Priced, PriceLine } from '../pricing/priced.ts'
import { amountText, partsOf } from '../domain/amount.ts'
import type { DocumentContent } from '../domain/document.ts'
import { dateIn } from '../domain/local-date.ts'
import { type InvoiceAmounts, invoiceAmounts, invoiceDigits } from './amounts.ts'
import type { Invoiced, InvoiceTerms, Invoicing } from './invoice.ts'
import { lineOf } from './line.ts'
import { type InvoicedShare, sharesOf } from './shares.ts'
import { taxKindOf } from './tax.ts'

const faulty = (rule: string, text: string): Invoiced => ({ faults: [{ rule, text }] })

/**
 * What the books say, as an invoice. The faults here are those of an account that no invoice can say; whether what comes
 * out holds the rules of EN 16931 is looked at in what is written of it.
 */
export const invoiceOf = (content: DocumentContent, invoicing: Invoicing): Invoiced => {
  const { priced } = content.account as PricedAccount
  const { parties, terms, original } = invoicing
  if (priced === undefined) return faulty('SM-01', 'An account without a price cannot be invoiced.')
  if (content.kind === 'credit' && original === undefined)
    return faulty('SM-02', 'A credit note names the invoice that it takes back.')
  const priceShares = sharesOf(priced, terms, parties.reverseCharge === true)
  if (priceShares === undefined)
    return faulty('SM-03', 'Where the buyer owes the tax there is none in the prices of the tariff.')
  const shares = withLine(priceShares, content, invoicing)
  const amounts = invoiceAmounts(shares, { net: partsOf(priced.total.net), gross: partsOf(priced.total.gross) })
  if (amounts === undefined) return faulty('SM-04', 'The tax of an account is what its rates make of its net amounts.')
  return { invoice: { ...headOf(content, priced, invoicing), ...bodyOf(content, priced, { shares, amounts, terms }) } }
}

type PricedAccount = DocumentContent['account'] & { readonly priced?: Priced }

const isLimit = ({ kind }: PriceLine): boolean => kind === 'minPrice' || kind === 'maxPrice'

/** An invoice has a line (BR-16): where no price was asked it is the energy, for nothing. */
const withLine = (
  shares: readonly InvoicedShare[],
  { account }: DocumentContent,
  { terms, parties }: Invoicing,
): readonly InvoicedShare[] => {
  const kind = shares[0]?.kind ?? taxKindOf(undefined, terms, parties.reverseCharge === true)
  if (kind === undefined || shares.some(({ line }) => !isLimit(line))) return shares
  const component = { dimension: 'ENERGY', element: 0, component: 0 } as const
  const nothing = { net: '0', tax: '0', gross: '0' }
  const line: PriceLine = { kind: 'energy', component, price: '0', volume: account.energyMwh, ...nothing }
  return [{ line, kind, net: 0n, tax: 0n }, ...shares]
}

const day = 86_400_000

const headOf = (content: DocumentContent, { zone, tariff }: Priced, { parties, terms, original }: Invoicing) => {
  const { account, credit } = content
  const number = (of: number): string => `${terms.prefix ?? ''}${of}`
  const sealedAt = Date.parse(content.sealedAt)
  const isCredit = content.kind === 'credit'
  const notes = [...(credit === undefined ? [] : [credit.reason]), ...account.notes]
  return {
    kind: isCredit ? 'creditNote' : 'invoice',
    number: number(content.number),
    issuedOn: dateIn(zone, sealedAt),
    dueOn: dateIn(zone, sealedAt + (terms.dueDays ?? 14) * day),
    from: dateIn(zone, account.startedAt),
    until: dateIn(zone, account.endedAt),
    currency: tariff.currency,
    seller: parties.seller,
    buyer: parties.buyer,
    reference: parties.buyer.reference ?? account.id,
    object: account.id,
    ...(notes.length > 0 && { note: notes.join('; ') }),
    ...(isCredit &&
      original && {
        original: { number: number(original.number), issuedOn: dateIn(zone, Date.parse(original.sealedAt)) },
      }),
  } as const
}

interface Worked {
  readonly shares: readonly InvoicedShare[]
  readonly amounts: InvoiceAmounts
  readonly terms: InvoiceTerms
}

const bodyOf = (content: DocumentContent, priced: Priced, { shares, amounts, terms }: Worked) => {
  const names = { ...defaultNames, ...terms.names }
  const description = whereOf(content, priced.zone)
  const entries = shares.map((share, i) => ({ share, net: amounts.nets[i] ?? 0n }))
  const limits = entries.filter(({ share, net }) => isLimit(share.line) && net !== 0n)
  const lines = entries.filter(({ share }) => !isLimit(share.line))
  const text = (parts: bigint): Amount => amountText(parts, invoiceDigits)
  const sum = (of: typeof entries): bigint => of.reduce((all, { net }) => all + net, 0n)
  return {
    lines: lines.map(({ share, net }, i) =>
      lineOf(share, { id: String(i + 1), net, priced, name: names[share.line.kind], description }),
    ),
    adjustments: limits.map(({ share, net }) => ({
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
const whereOf = ({ account }: DocumentContent, zone: string): string =>
  `${account.chargePoint}, EVSE ${account.evse}, ${dateIn(zone, account.startedAt)}`
