import { amountText, partsOf } from '../../domain/amount.ts'
import { isJson, type Json, type Turn } from '../field.ts'
import type { Price, PriceLimit, TaxAmount } from '../model.ts'
import { type FieldsOf, many, maybe, number, object, one, shape, text, type Unnamed } from '../shape.ts'

/**
 * Money: tax by tax in 2.3.0, with and without VAT in 2.2.1, without it in 2.1.1 (handbook/roaming.md §3). Taxes are added
 * up exactly; that there were several, and what they are called, is a loss.
 */
const taxAmount = shape('TaxAmount', {
  name: one(text(255)),
  account_number: maybe(text(255)),
  percentage: maybe(number),
  amount: one(number),
} satisfies FieldsOf<TaxAmount>)

export const price = shape('Price', {
  before_taxes: one(number),
  taxes: many(object(taxAmount)),
} satisfies FieldsOf<Price>)

const priceWithVat = shape('Price', { excl_vat: one(number), incl_vat: maybe(number) })

/** What one tax is called that comes of 2.2.1's two prices. */
const vatName = 'VAT'

const sum = (amounts: readonly string[]): string =>
  amountText(
    amounts.reduce((total, amount) => total + partsOf(amount), 0n),
    0,
  )

const lowered: Turn = (value, { note }) => {
  if (!isJson(value)) return value
  const { before_taxes: before, taxes, excl_vat: _excl, incl_vat: _incl, ...unknown } = value
  if (!Array.isArray(taxes) || taxes.length === 0 || typeof before !== 'string') return { ...unknown, excl_vat: before }
  const amounts = taxes.map((tax: unknown) => (isJson(tax) && typeof tax['amount'] === 'string' ? tax['amount'] : '0'))
  if (!isPlainVat(taxes)) note('noField', 'taxes are one sum here, without names, percentages and accounts', '/taxes')
  return { ...unknown, excl_vat: before, incl_vat: sum([before, ...amounts]) }
}

/** Nothing but what two prices say as well. */
const isPlainVat = (taxes: readonly unknown[]): boolean => {
  const [tax, ...others] = taxes
  return others.length === 0 && isJson(tax) && Object.keys(tax).length === 2 && tax['name'] === vatName
}

const raised: Turn = (value) => {
  if (!isJson(value)) return value
  const { excl_vat: before, incl_vat: after, before_taxes: _before, taxes: _taxes, ...unknown } = value
  if (typeof before !== 'string' || typeof after !== 'string') return { ...unknown, before_taxes: before }
  const amount = amountText(partsOf(after) - partsOf(before), 0)
  return { ...unknown, before_taxes: before, taxes: [{ name: vatName, amount }] }
}

const netOnly: Turn = (value, { note }) => {
  if (!isJson(value)) return value
  for (const name of Object.keys(value))
    if (name !== 'before_taxes') note('noField', 'a cost is one number without taxes', `/${name}`)
  return value['before_taxes']
}

const forms = {
  type: { '2.2.1': object(priceWithVat), '2.1.1': number },
  down: { '2.2.1': lowered, '2.1.1': netOnly },
  up: { '2.2.1': raised, '2.1.1': (value: unknown): Json => ({ before_taxes: value }) },
}

export const onePrice: Unnamed<'1'> = one(object(price), forms)
export const maybePrice: Unnamed<'?'> = maybe(object(price), forms)
/** One that 2.1.1 has not. */
export const newerPrice: Unnamed<'?'> = maybe(object(price), { ...forms, since: '2.2.1' })

const priceLimit = shape('PriceLimit', {
  before_taxes: one(number, { as: { '2.2.1': 'excl_vat' } }),
  after_taxes: maybe(number, { as: { '2.2.1': 'incl_vat' } }),
} satisfies FieldsOf<PriceLimit>)

export const maybeLimit: Unnamed<'?'> = maybe(object(priceLimit), { since: '2.2.1' })
