import { z } from 'zod'
import { lineKinds } from '../../../core/pricing/priced.ts'
import { byParty, termsFields } from '../invoice-settings.ts'
import { headerText, httpUrl, noStatements, timeoutS } from '../kind.ts'

/** The number of a record in Odoo. */
const id = z.number().int().min(1).max(2_147_483_647)

/** A customer by its number, or by the VAT number that Odoo has of it. */
const partner = z.union([
  id,
  z.string().regex(/^[A-Z]{2}[A-Z0-9+*]{2,16}$/, 'must be the number of a partner, or its VAT number'),
])

const rate = z.string().regex(/^(?:\d{1,3}(?:\.\d{1,6})?|Z|E|AE|O)$/, 'must be a rate in per cent, or Z, E, AE or O')

export const odooSettings = z.strictObject({
  ...termsFields,
  prefix: termsFields.prefix.unwrap().min(1).default('SM-'),
  /** Of the server: `https://example.odoo.com`. */
  url: httpUrl,
  database: headerText.min(1).optional(),
  timeoutS,
  statements: noStatements,
  /** Posted at once; else it stays a draft for a person to look at. */
  post: z.boolean().default(false),
  company: id.optional(),
  journal: id.optional(),
  /** Customers by the code of their provider; who is not among them is looked up by that code as its reference. */
  partners: byParty(partner).default({}),
  /** Who pays what nobody else does. */
  partner: partner.optional(),
  reverseCharge: byParty(z.boolean()).default({}),
  /** Accounts of income by what was sold; those of no kind of their own go to `account`, else where the journal says. */
  accounts: z.partialRecord(z.enum(lineKinds), id).default({}),
  account: id.optional(),
  /** Taxes by rate (`19`), or by category where there is none; each rate that is charged must have one. */
  taxes: z.record(rate, id).default({}),
  /** Where cents go that Odoo rounds otherwise than the account; without it such a document is refused. */
  roundingAccount: id.optional(),
})
export type OdooSettings = z.infer<typeof odooSettings>

export const odooSecrets = z.strictObject({
  /** Of a user of its own with no more rights than to invoice; Odoo lets none live for more than three months. */
  apiKey: headerText.min(1),
})
