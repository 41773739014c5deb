import { z } from 'zod'
import type { DocumentContent } from '../../core/domain/document.ts'
import { parseEvcoId } from '../../core/domain/evco-id.ts'
import { partyKey } from '../../core/domain/party-code.ts'
import type { InvoiceFault, Invoicing, Original } from '../../core/invoicing/invoice.ts'
import { lineKinds } from '../../core/pricing/priced.ts'
import { countries, easSchemes } from './ubl/codes.ts'

const words = (most: number) => z.string().trim().min(1).max(most)

const address = z.strictObject({
  street: words(200).optional(),
  more: words(200).optional(),
  city: words(100).optional(),
  postalCode: words(20).optional(),
  region: words(100).optional(),
  country: z.string().refine((code) => countries.has(code), 'must be a country of ISO 3166-1 (two letters)'),
})

const party = {
  name: words(200),
  tradingName: words(200).optional(),
  vat: z
    .string()
    .regex(/^[A-Z]{2}[A-Z0-9+*]{2,16}$/, 'must be a VAT number with its country in front, without spaces')
    .optional(),
  registration: z
    .strictObject({
      id: words(50),
      scheme: z
        .string()
        .regex(/^\d{4}$/, 'must be four digits (ISO 6523)')
        .optional(),
    })
    .optional(),
  address,
  endpoint: z
    .strictObject({
      id: words(100),
      scheme: z.string().refine((code) => easSchemes.has(code), 'must be one of the EAS list: 0088, 9930, …'),
    })
    .optional(),
  contact: z
    .strictObject({ name: words(100).optional(), phone: words(50).optional(), email: words(200).optional() })
    .optional(),
}

const seller = z.strictObject({
  ...party,
  account: z
    .strictObject({
      iban: z.string().regex(/^[A-Z]{2}\d{2}[A-Z0-9 ]{10,36}$/, 'must be an IBAN'),
      bic: z
        .string()
        .regex(/^[A-Z0-9]{8}(?:[A-Z0-9]{3})?$/, 'must be a BIC')
        .optional(),
    })
    .optional(),
})

const buyer = z.strictObject({
  ...party,
  reference: words(100).optional(),
  /** It owes the tax: the tariffs it is charged by have none. */
  reverseCharge: z.boolean().default(false),
})

/** The code of a party in the market, `DE*8AA`, and what belongs to it. */
export const byParty = <Value>(value: z.ZodType<Value>) =>
  z.record(
    z.string().refine((code) => partyKey(code) !== undefined, 'must be the code of a party: DE*8AA'),
    value,
  )

/** How accounts are invoiced, whatever is made of it. */
export const termsFields = {
  /** In front of a document's number; once it is in use it never changes. */
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9/._-]{0,20}$/, 'must be letters, digits, / . _ or -')
    .default(''),
  dueDays: z.number().int().min(0).max(365).default(14),
  withoutTax: z.enum(['O', 'E', 'Z']).default('O'),
  zeroRate: z.enum(['Z', 'E']).default('Z'),
  exemption: words(200).optional(),
  names: z.partialRecord(z.enum(lineKinds), words(100)).default({}),
}

/** Who invoices, and whom: the mobility provider of the contract by its code, else whoever is named for all others. */
export const invoiceSettings = z.strictObject({
  ...termsFields,
  seller,
  buyers: byParty(buyer).default({}),
  buyer: buyer.optional(),
})
export type InvoiceSettings = z.infer<typeof invoiceSettings>

/** The key of the mobility provider whose contract it was; undefined where there was none, or it is no EVCO ID. */
export const providerOf = ({ account: { contract } }: DocumentContent): string | undefined => {
  if (contract === undefined) return undefined
  const id = parseEvcoId(contract)
  return 'fault' in id ? undefined : partyKey(id.country + id.provider)
}

/** What belongs to the provider of a contract, whatever its code was written like. */
export const ofProvider = <Value>(
  content: DocumentContent,
  values: Readonly<Record<string, Value>>,
): Value | undefined => {
  const provider = providerOf(content)
  return Object.entries(values).find(([code]) => provider !== undefined && partyKey(code) === provider)?.[1]
}

/** Both sides of an invoice, and how it is made; a fault where nobody is named who would pay it. */
export const invoicingOf = (
  content: DocumentContent,
  { seller: from, buyers, buyer: anybody, ...terms }: InvoiceSettings,
  original: Original | undefined,
): { readonly invoicing: Invoicing } | { readonly faults: readonly InvoiceFault[] } => {
  const to = ofProvider(content, buyers) ?? anybody
  if (to === undefined)
    return {
      faults: [
        { rule: 'SM-05', text: 'The settings name a buyer for the provider of the contract, or for all others.' },
      ],
    }
  const { reverseCharge, ...whom } = to
  return { invoicing: { parties: { seller: from, buyer: whom, reverseCharge }, terms, original } }
}
