import type { Decimal } from '../domain/decimal.ts'
import { amountText, partsOf } from '../domain/amount.ts'

/**
 * The part of UNCL 5305 that charging has: S taxed, Z taxed at nothing, E exempt, AE the buyer owes the tax, O outside the
 * scope of VAT.
 */
export const taxCategories = ['S', 'Z', 'E', 'AE', 'O'] as const
export type TaxCategory = (typeof taxCategories)[number]

export interface TaxKind {
  readonly category: TaxCategory
  /** Per cent; of O there is none. */
  readonly rate?: Decimal
}

/** What the rates of a tariff mean for the tax office. */
export interface TaxTerms {
  /** Of prices whose tariff says nothing of tax; an invoice with O has nothing else on it (BR-O-11). Default O. */
  readonly withoutTax?: 'O' | 'E' | 'Z'
  /** Of prices with a rate of 0. Default Z. */
  readonly zeroRate?: 'Z' | 'E'
  /** Why E is exempt, in the words of the law; an invoice with E has to say it (BR-E-10). */
  readonly exemption?: string | undefined
}

/** What kind of tax a price is under; undefined where the buyer was to owe the tax, and the price has one in it. */
export const taxKindOf = (
  vat: Decimal | undefined,
  { withoutTax = 'O', zeroRate = 'Z' }: TaxTerms,
  isReverse: boolean,
): TaxKind | undefined => {
  const rate = vat === undefined ? undefined : amountText(partsOf(vat), 0)
  const isTaxed = rate !== undefined && rate !== '0'
  if (isReverse) return isTaxed ? undefined : { category: 'AE', rate: '0' }
  if (isTaxed) return { category: 'S', rate }
  const category = rate === undefined ? withoutTax : zeroRate
  return category === 'O' ? { category } : { category, rate: '0' }
}

export const taxKey = ({ category, rate }: TaxKind): string => `${category} ${rate ?? ''}`
