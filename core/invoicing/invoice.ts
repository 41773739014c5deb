import type { Amount, LineKind } from '../pricing/priced.ts'
import type { InvoiceLine } from './line.ts'
import type { InvoiceParties, InvoiceParty } from './party.ts'
import type { TaxKind, TaxTerms } from './tax.ts'

/** A sealed document as an invoice, or as the credit note that takes one back (EN 16931-1). */
export interface Invoice extends InvoiceHead, Bill {
  readonly seller: InvoiceParty
  readonly buyer: InvoiceParty
  /** What the buyer knows it by: its own word, or the account's id. */
  readonly reference: string
}

export interface InvoiceHead {
  readonly kind: 'invoice' | 'creditNote'
  readonly number: string
  /** Days of the site: `2026-11-27`. */
  readonly issuedOn: string
  readonly dueOn: string
  readonly from: string
  readonly until: string
  /** The account's id: what is invoiced. */
  readonly object: string
  readonly note?: string
  /** Of a credit note: the invoice that it takes back. */
  readonly original?: { readonly number: string; readonly issuedOn: string }
}

/** What is to be paid, and for what; of a credit note what is paid back. All amounts have two decimals. */
export interface Bill {
  readonly currency: string
  readonly lines: readonly InvoiceLine[]
  readonly adjustments: readonly InvoiceAdjustment[]
  readonly taxes: readonly InvoiceTax[]
  readonly totals: InvoiceTotals
}

/** What a limit of the tariff adds or takes, before tax: an amount above nothing. */
export interface InvoiceAdjustment {
  readonly kind: LineKind
  readonly isCharge: boolean
  readonly amount: Amount
  readonly reason: string
  readonly tax: TaxKind
}

export interface InvoiceTax extends TaxKind {
  readonly taxable: Amount
  readonly amount: Amount
  /** Why there is none, in the operator's words. */
  readonly exemption?: string
}

export interface InvoiceTotals {
  readonly lines: Amount
  readonly allowances: Amount
  readonly charges: Amount
  readonly net: Amount
  readonly tax: Amount
  readonly gross: Amount
  readonly rounding: Amount
  readonly payable: Amount
}

/** How an operator invoices. */
export interface InvoiceTerms extends TaxTerms {
  /** In front of the document's number: `CH-`. */
  readonly prefix?: string
  /** Days after the issue until it is due; default 14. */
  readonly dueDays?: number
  /** What lines are called, where English is not wanted. */
  readonly names?: Partial<Readonly<Record<LineKind, string>>>
}

/** The document that a credit takes back. */
export interface Original {
  readonly number: number
  /** ms since 1970 UTC. */
  readonly sealedAt: number
}

export interface Invoicing {
  readonly parties: InvoiceParties
  readonly terms: InvoiceTerms
  /** Of a credit. */
  readonly original?: Original | undefined
}

/** A rule that does not hold, by its name, and what it asks for. */
export interface InvoiceFault {
  readonly rule: string
  readonly text: string
}

export type Invoiced = { readonly invoice: Invoice } | { readonly faults: readonly InvoiceFault[] }
