import type { InvoiceReconciliationRecord } from '../model.ts'
import { ciText, dateTime, type FieldsOf, one, owner, shape, some } from '../shape.ts'

/** Which CDRs an invoice is for (OCPI 2.3.0 edition 2, mod_invoice_reconciliation). */
export const invoiceReconciliation = shape(
  'InvoiceReconciliationRecord',
  {
    country_code: owner('country_code', 2),
    party_id: owner('party_id', 3),
    id: one(ciText(36)),
    invoice_id: one(ciText(255)),
    // The table has 36, and CDRs have ids of 39.
    cdrs: some(ciText(39)),
    last_updated: one(dateTime),
  } satisfies FieldsOf<InvoiceReconciliationRecord>,
  { since: '2.3.0' },
)
