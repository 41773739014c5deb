import { digitsOf, amountOf, unitsOf } from '../pricing/rounding.ts'
import { dateTime } from './date-time.ts'
import type { Cdr, DecimalText, Price } from './model.ts'

/** The document that takes an account back. */
export interface AboutCredit {
  readonly id: string
  readonly sealedAt: number
}

/**
 * What takes a CDR back, whole: all that it said, under an id of its own, and its total negated; nothing else is
 * (OCPI 2.3.0 mod_cdrs, “Credit CDRs”).
 */
export const creditCdr = (cdr: Cdr, { id, sealedAt }: AboutCredit): Cdr => ({
  ...cdr,
  id,
  total_cost: negatedPrice(cdr.total_cost),
  credit: true,
  credit_reference_id: cdr.id,
  last_updated: dateTime(sealedAt),
})

const negatedPrice = ({ before_taxes, taxes }: Price): Price => ({
  before_taxes: minus(before_taxes),
  ...(taxes !== undefined && { taxes: taxes.map((tax) => ({ ...tax, amount: minus(tax.amount) })) }),
})

const minus = (amount: DecimalText): DecimalText => {
  const digits = digitsOf(amount)
  return amountOf(-unitsOf(amount, digits), digits)
}
