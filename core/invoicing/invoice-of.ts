import type { DocumentContent } from '../domain/document.ts'
import { dayIn } from '../domain/time-zone.ts'
import { billOf } from './bill.ts'
import type { Invoiced, InvoiceHead, InvoiceTerms, Invoicing } from './invoice.ts'

/**
 * What the books say, as an invoice. The faults here are those of an account that no invoice can say; whether what comes
 * out holds the rules of EN 16931 is looked at in what is written of it.
 */
export const invoiceOf = (content: DocumentContent, { parties, terms, original }: Invoicing): Invoiced => {
  if (content.kind === 'credit' && original === undefined)
    return { faults: [{ rule: 'SM-02', text: 'A credit note names the invoice that it takes back.' }] }
  const billed = billOf(content, terms, parties.reverseCharge === true)
  if ('faults' in billed) return billed
  const { seller, buyer } = parties
  const reference = buyer.reference ?? content.account.id
  return { invoice: { ...headOf(content, terms, original), seller, buyer, reference, ...billed.bill } }
}

const day = 86_400_000

/** Its number, its days, and what it is about. */
export const headOf = (
  { kind, number, sealedAt, account, credit }: DocumentContent,
  terms: InvoiceTerms,
  original: Invoicing['original'],
): InvoiceHead => {
  const zone = account.priced?.zone ?? 'UTC'
  const named = (of: number): string => `${terms.prefix ?? ''}${of}`
  const issuedAt = Date.parse(sealedAt)
  const notes = [...(credit === undefined ? [] : [credit.reason]), ...account.notes]
  return {
    kind: kind === 'credit' ? 'creditNote' : 'invoice',
    number: named(number),
    issuedOn: dayIn(zone, issuedAt),
    dueOn: dayIn(zone, issuedAt + (terms.dueDays ?? 14) * day),
    from: dayIn(zone, account.startedAt),
    until: dayIn(zone, account.endedAt),
    object: account.id,
    ...(notes.length > 0 && { note: notes.join('; ') }),
    ...(kind === 'credit' &&
      original !== undefined && {
        original: { number: named(original.number), issuedOn: dayIn(zone, original.sealedAt) },
      }),
  }
}
