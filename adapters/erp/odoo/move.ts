import { amountText, partsOf } from '../../../core/domain/amount.ts'
import type { Bill, InvoiceHead } from '../../../core/invoicing/invoice.ts'
import type { TaxKind } from '../../../core/invoicing/tax.ts'
import type { LineKind } from '../../../core/pricing/priced.ts'
import { OdooRefusal } from './json2.ts'
import type { OdooSettings } from './settings.ts'

export interface MoveOf {
  readonly head: InvoiceHead
  readonly bill: Bill
  /** The document's id. */
  readonly origin: string
  readonly partner: number
  readonly currency: number
  /** The move that this one takes back, where Odoo has it. */
  readonly reversed?: number | undefined
}

/** Adds a record to a list of them (Odoo's command 0). */
const add = (values: object): readonly [0, 0, object] => [0, 0, values]

/** An invoice or a credit note as a draft `account.move`. Throws `OdooRefusal` where the settings say too little. */
export const moveOf = (
  { head, bill, origin, partner, currency, reversed }: MoveOf,
  settings: OdooSettings,
): object => ({
  move_type: head.kind === 'invoice' ? 'out_invoice' : 'out_refund',
  partner_id: partner,
  ref: head.number,
  invoice_origin: origin,
  invoice_date: head.issuedOn,
  invoice_date_due: head.dueOn,
  currency_id: currency,
  ...(settings.company !== undefined && { company_id: settings.company }),
  ...(settings.journal !== undefined && { journal_id: settings.journal }),
  ...(reversed !== undefined && { reversed_entry_id: reversed }),
  ...(head.note !== undefined && { narration: head.note }),
  invoice_line_ids: [
    ...bill.lines.map(({ kind, name, description, quantity, unit, net, tax }) =>
      add(lineOf({ kind, name: `${name}: ${quantity} ${units[unit]}, ${description}`, net, tax }, settings)),
    ),
    ...bill.adjustments.map(({ kind, reason, isCharge, amount, tax }) =>
      add(lineOf({ kind, name: reason, net: isCharge ? amount : `-${amount}`, tax }, settings)),
    ),
    ...(partsOf(bill.totals.rounding) === 0n ? [] : [add(roundingOf(bill.totals.rounding, settings))]),
  ],
})

const units = { KWH: 'kWh', SEC: 's', C62: '×' } as const

// the amount as one piece: Odoo has fewer decimals for prices and quantities than an account
const lineOf = ({ name, net, tax, kind }: Sold, settings: OdooSettings) => ({
  name,
  quantity: 1,
  price_unit: Number(net),
  tax_ids: [[6, 0, taxesOf(tax, settings)]],
  ...accountOf(kind, settings),
})

interface Sold {
  readonly kind: LineKind
  readonly name: string
  readonly net: string
  readonly tax: TaxKind
}

const taxesOf = ({ category, rate }: TaxKind, { taxes }: OdooSettings): readonly number[] => {
  const wanted = category === 'S' ? Object.entries(taxes).find(([key]) => isRate(key, rate)) : undefined
  const tax = wanted?.[1] ?? taxes[category]
  if (tax === undefined && category === 'S')
    throw new OdooRefusal(`the settings name no tax of Odoo for ${rate} per cent`)
  return tax === undefined ? [] : [tax]
}

const isRate = (key: string, rate: string | undefined): boolean =>
  /^\d/.test(key) && amountText(partsOf(key), 0) === rate

const accountOf = (kind: LineKind, { accounts, account }: OdooSettings) => {
  const found = accounts[kind] ?? account
  return found === undefined ? {} : { account_id: found }
}

/** A line for what is rounded, without any tax. Throws `OdooRefusal` where no account is named for it. */
export const roundingOf = (amount: string, { roundingAccount, names }: OdooSettings): object => {
  if (roundingAccount === undefined) throw new OdooRefusal(`the settings name no account for a rounding of ${amount}`)
  return {
    name: names.rounding ?? 'Rounding',
    quantity: 1,
    price_unit: Number(amount),
    account_id: roundingAccount,
    tax_ids: [[6, 0, []]],
  }
}
