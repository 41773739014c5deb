import type { DateTime, Owner } from './basics.ts'

/** Which CDRs an invoice is for (OCPI 2.3.0 edition 2, mod_invoice_reconciliation). */
export interface InvoiceReconciliationRecord extends Owner {
  readonly id: string
  readonly invoice_id: string
  readonly cdrs: readonly string[]
  readonly last_updated: DateTime
}
