import type { InvoiceFault } from '../../../core/invoicing/invoice.ts'
import { mandatoryRules } from './mandatory.ts'
import { paperOf, type Rule } from './paper.ts'
import { peppolRules } from './peppol.ts'
import { read } from './reading.ts'
import { sumRules } from './sums.ts'
import { taxRules } from './tax.ts'

/** Every rule of EN 16931-1 and Peppol BIS Billing 3 that is looked at, in the order of its name. */
export const rules: readonly Rule[] = [...mandatoryRules, ...sumRules, ...taxRules, ...peppolRules].toSorted((a, b) =>
  a.id < b.id ? -1 : 1,
)

/** The rules that an invoice does not hold, read from its XML alone: not from what it was made of. */
export const faultsIn = (xml: string): readonly InvoiceFault[] => {
  const root = read(xml)
  if (root === undefined || !['Invoice', 'CreditNote'].includes(root.name))
    return [{ rule: 'UBL', text: 'It is an Invoice or a CreditNote of UBL 2.1.' }]
  const paper = paperOf(root)
  return rules.filter(({ holds }) => !holds(paper)).map(({ id, text }) => ({ rule: id, text }))
}
