import { amountText, partsOf, roundedTo, unitOf } from '../domain/amount.ts'
import { type Decimal, millionths } from '../domain/decimal.ts'
import type { MilliWattHours } from '../domain/units.ts'
import { currencyDigits } from '../pricing/currency.ts'
import { type Amount, type Taxed, usualRounding } from '../pricing/priced.ts'
import { partyAccount } from './account.ts'
import { coinOf, coinsOf, hundred, percentOf, perKwh, textOf } from './money.ts'
import { balanced } from './split.ts'
import type { RoamingPrice } from './terms.ts'
import type { Posting } from './voucher.ts'

/** What charging at another CPO cost us, as its CDR says: before tax, and the tax. */
export interface RetailCost {
  readonly net: Amount
  readonly tax: Amount
  readonly currency: string
  readonly energyMwh: MilliWattHours
}

export const retailLineKinds = [
  'cost',
  'markupPercent',
  'markupPerSession',
  'markupPerKwh',
  'markupCap',
  'priceCap',
  'rounding',
] as const
export type RetailLineKind = (typeof retailLineKinds)[number]

/** One step from what it cost to what a driver pays, before tax. */
export interface RetailLine {
  readonly kind: RetailLineKind
  /** What the price says: per cent, for the session, for a kWh, or the cap. */
  readonly price?: Decimal
  /** What that was multiplied with: the cost, or kWh. */
  readonly of?: Amount
  /** The product, before any rounding. */
  readonly exact?: Amount
  readonly amount: Amount
}

/** What a driver pays for charging at another CPO, and how that was worked out; the lines are its net, to the last digit. */
export interface Retail {
  /** Whole, as it was: it may be another one later. */
  readonly price: RoamingPrice
  readonly cost: RetailCost
  readonly lines: readonly RetailLine[]
  readonly total: Taxed
}

const lineDigits = usualRounding.lineDigits
const lineUnit = unitOf(lineDigits)

/**
 * What it cost and the mark-ups on it, each rounded once to four decimals; the mark-ups are cut to their cap, the whole to
 * its own, and the sum is rounded to the smallest unit of the currency: down where it would be above its cap else. VAT is of
 * the whole. What it cost is not marked up by its own tax: that is paid back by the state.
 */
export const retailPrice = (cost: RetailCost, price: RoamingPrice): Retail => {
  const { currency } = cost
  const base = line('cost', roundedTo(lineUnit, partsOf(cost.net)), { exact: partsOf(cost.net) })
  const ups = markups(cost, price)
  const capped = [base, ...ups, ...cut('markupCap', sum(ups), price.markupCap)]
  const whole = [...capped, ...cut('priceCap', sum(capped), price.priceCap)]
  const net = inWhole(coinOf(currency), sum(whole), price.priceCap)
  const rounding = net - sum(whole)
  const tax = percentOf(coinOf(currency), net, price.vat ?? '0')
  return {
    price,
    cost,
    lines: [...whole, ...(rounding === 0n ? [] : [line('rounding', rounding)])].map(({ parts, ...said }) => ({
      ...said,
      amount: amountText(parts, lineDigits),
    })),
    total: { net: textOf(currency, net), tax: textOf(currency, tax), gross: textOf(currency, net + tax) },
  }
}

type Draft = Omit<RetailLine, 'amount'> & { readonly parts: bigint }

const line = (
  kind: RetailLineKind,
  parts: bigint,
  { exact, ...said }: { readonly price?: Decimal; readonly of?: Amount; readonly exact?: bigint } = {},
): Draft => ({ kind, parts, ...said, ...(exact !== undefined && { exact: amountText(exact, 0) }) })

const markups = (
  { net, energyMwh }: RetailCost,
  { markupPercent, markupPerSession, markupPerKwh }: RoamingPrice,
): readonly Draft[] => {
  const up = (
    kind: RetailLineKind,
    price: Decimal | undefined,
    asked: (of: Decimal) => bigint,
    of?: Amount,
  ): readonly Draft[] => {
    if (price === undefined) return []
    const exact = asked(price)
    return [line(kind, roundedTo(lineUnit, exact), { price, exact, ...(of !== undefined && { of }) })]
  }
  return [
    ...up('markupPercent', markupPercent, (percent) => (partsOf(net) * millionths(percent)) / hundred, net),
    ...up('markupPerSession', markupPerSession, (fee) => millionths(fee) * million),
    ...up('markupPerKwh', markupPerKwh, (of) => perKwh(of, energyMwh), amountText(BigInt(energyMwh) * million, 3)),
  ]
}

/** Parts of 10^-12 in a millionth. */
const million = 1_000_000n

const sum = (lines: readonly Draft[]): bigint => lines.reduce((all, { parts }) => all + parts, 0n)

const cut = (kind: RetailLineKind, parts: bigint, cap: Decimal | undefined): readonly Draft[] => {
  const most = cap === undefined ? undefined : millionths(cap) * million
  return cap === undefined || most === undefined || parts <= most ? [] : [line(kind, most - parts, { price: cap })]
}

const inWhole = (coin: bigint, parts: bigint, cap: Decimal | undefined): bigint => {
  const rounded = roundedTo(coin, parts)
  return cap !== undefined && rounded > millionths(cap) * million ? rounded - coin : rounded
}

/** What takes it back, whole. */
export const negatedRetail = (retail: Retail): Retail => ({
  ...retail,
  cost: { ...retail.cost, net: minus(retail.cost.net), tax: minus(retail.cost.tax) },
  lines: retail.lines.map(({ exact, ...one }) => ({
    ...one,
    ...(exact !== undefined && { exact: minus(exact) }),
    amount: minus(one.amount),
  })),
  total: { net: minus(retail.total.net), tax: minus(retail.total.tax), gross: minus(retail.total.gross) },
})

/** With as many decimals as it has. */
const minus = (amount: Amount): Amount => {
  if (partsOf(amount) === 0n) return amount
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`
}

/** Between whom: the CPO by its code, `DE*ABC`, and the party that is our own EMP. */
export interface Between {
  readonly cpo: string
  readonly emp: string
}

/**
 * A price for charging elsewhere in the general ledger: its EMP owes what its driver pays, the other CPO is owed what its
 * CDR says, each tax goes its way, and the mark-up is the operator's. Balanced, like all others.
 */
export const postingsOfRetail = ({ cost, price, total }: Retail, { cpo, emp }: Between): readonly Posting[] => {
  const { currency } = cost
  const [net, tax] = [coinsOf(currency, cost.net), coinsOf(currency, cost.tax)]
  const contract = price.id
  const [theirs, state] = [partyAccount('cpo', cpo, currency), { kind: 'tax' as const, currency }]
  return balanced(
    [
      { account: partyAccount('emp', emp, currency), parts: partsOf(total.gross), purpose: 'charging', contract },
      { account: state, parts: -partsOf(total.tax), purpose: 'tax', contract },
      { account: theirs, parts: -net, purpose: 'roaming', contract },
      { account: theirs, parts: -tax, purpose: 'tax', contract },
      { account: state, parts: tax, purpose: 'tax', contract },
    ],
    'markup',
  )
}

/** As people read it, in lines for a font of fixed width; every number of it is in the data too. */
export const retailText = ({ price, cost, lines, total }: Retail): string => {
  const { currency } = cost
  const rows = [
    ...lines.map(({ amount, ...one }, i) => [`${i + 1}  ${words[one.kind](one)}`, amount] as const),
    [`   before tax, in ${currency}`, total.net] as const,
    [`   VAT ${price.vat ?? '0'} %`, total.tax] as const,
    [`   total in ${currency}`, total.gross] as const,
  ]
  const wide = Math.max(...rows.map(([text]) => text.length))
  const whole = Math.max(...rows.map(([, amount]) => (amount.split('.')[0] ?? '').length))
  const aligned = (amount: Amount): string => `${' '.repeat(whole - (amount.split('.')[0] ?? '').length)}${amount}`
  return [
    `Price ${price.id}: ${currency}, before tax`,
    '',
    'From what it cost to what is paid',
    ...rows.map(([text, amount]) => `  ${text.padEnd(wide)}  ${aligned(amount)}`),
    '',
    `Each line is rounded once, to ${lineDigits} decimals, halves away from zero; the sum to ${currencyDigits(currency)}.`,
    '',
  ].join('\n')
}

const words: Readonly<Record<RetailLineKind, (line: Omit<RetailLine, 'amount'>) => string>> = {
  cost: () => 'what the other CPO charges, before its tax',
  markupPercent: ({ price = '', of = '', exact = '' }) => `mark-up: ${price} % of ${of} = ${exact}`,
  markupPerSession: () => 'mark-up: for the session',
  markupPerKwh: ({ price = '', of = '', exact = '' }) => `mark-up: ${of} kWh x ${price}/kWh = ${exact}`,
  markupCap: ({ price = '' }) => `mark-ups down to their highest, ${price}`,
  priceCap: ({ price = '' }) => `down to the highest price, ${price}`,
  rounding: () => 'rounding',
}
