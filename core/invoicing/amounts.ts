import { partsOf, product, quotient, roundedTo, unitOf } from '../domain/amount.ts'
import { type TaxKind, taxKey } from './tax.ts'

/** Whatever the currency: an invoice has two decimals, and no more (BR-DEC-*). */
export const invoiceDigits = 2
const unit = unitOf(invoiceDigits)

/** A part of the account: exact, before and of tax, in parts of 10^-12. */
export interface Share {
  readonly net: bigint
  readonly tax: bigint
  readonly kind: TaxKind
}

export interface AccountTotal {
  readonly net: bigint
  readonly gross: bigint
  /** Of its last digit: an invoice of whole yen is rounded by up to one. */
  readonly unit: bigint
}

export interface InvoiceAmounts {
  /** Of each share, in their order; whole cents. */
  readonly nets: readonly bigint[]
  /** Of each kind of tax, in the order in which they come. */
  readonly taxes: readonly { readonly kind: TaxKind; readonly taxable: bigint; readonly tax: bigint }[]
  readonly net: bigint
  readonly tax: bigint
  /** What the account's total is more (or less) than net and tax: BT-114. */
  readonly rounding: bigint
}

/**
 * The amounts of an invoice: whole cents that add up everywhere (BR-CO-10 to -17), and a payable amount that is the
 * account's total to its last digit. The net amount is the account's where that has whole cents; a cent that lines are
 * rounded by is given to those that lost most. Tax is worked out once for each rate; where that comes to something else
 * than the account, the difference is the rounding of the whole. Undefined where the difference is more than rounding can
 * be: then the tax of the account is not what its rates make of it, and no invoice says so.
 */
export const invoiceAmounts = (shares: readonly Share[], total: AccountTotal): InvoiceAmounts | undefined => {
  const exact = sumOf(shares.map(({ net }) => net))
  const isWhole = total.net % unit === 0n && total.net - exact < unit && exact - total.net < unit
  const net = isWhole ? total.net : roundedTo(unit, exact)
  const groups = [...Map.groupBy(shares, ({ kind }) => taxKey(kind)).values()]
  const taxables = wholeUnits(
    groups.map((group) => sumOf(group.map((share) => share.net))),
    net,
  )
  const nets = new Map<Share, bigint>()
  const taxes = groups.map((group, i) => {
    const taxable = taxables[i] ?? 0n
    const rounded = wholeUnits(
      group.map((share) => share.net),
      taxable,
    )
    group.forEach((share, place) => nets.set(share, rounded[place] ?? 0n))
    const kind = group[0]?.kind ?? { category: 'O' }
    return { kind, taxable, tax: taxOf(taxable, kind) }
  })
  const tax = sumOf(taxes.map((group) => group.tax))
  const owed = sumOf(shares.map((share) => share.tax))
  const rounding = total.gross - net - tax
  const most = unit * BigInt(2 * groups.length + Math.ceil(shares.length / 50))
  if (isMore(owed - tax, most) || isMore(rounding, most + total.unit)) return undefined
  return { nets: shares.map((share) => nets.get(share) ?? 0n), taxes, net, tax, rounding }
}

const isMore = (difference: bigint, most: bigint): boolean => difference > most || -difference > most

/** BR-CO-17: rounded to two decimals, once for each rate. */
const taxOf = (taxable: bigint, { rate = '0' }: TaxKind): bigint =>
  roundedTo(unit, quotient(product(taxable, partsOf(rate)), 100n))

/** Each value as whole units, none by a unit or more away from what it was, all of them together `sum`. */
const wholeUnits = (values: readonly bigint[], sum: bigint): readonly bigint[] => {
  const floors = values.map((value) => value - (((value % unit) + unit) % unit))
  const missing = Number((sum - sumOf(floors)) / unit)
  const losers = values
    .map((value, place) => ({ place, lost: value - (floors[place] ?? 0n) }))
    .toSorted((a, b) => (a.lost === b.lost ? a.place - b.place : a.lost > b.lost ? -1 : 1))
    .slice(0, missing)
  const raised = new Set(losers.map(({ place }) => place))
  return floors.map((floor, place) => (raised.has(place) ? floor + unit : floor))
}

const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n)
