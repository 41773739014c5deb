import { invoiceOf } from '../../core/invoicing/invoice-of.ts'
import type { Invoicing } from '../../core/invoicing/invoice.ts'
import type { DocumentContent } from '../../core/domain/document.ts'
import type { PriceLine } from '../../core/pricing/priced.ts'
import { ublOf } from '../../adapters/erp/ubl/write.ts'
import { type Asked, contentOf, creditOf, invoicing, parties } from './invoices.ts'

const energy = (price: string, vat?: string, volume = 30_123_456): Asked => ({
  kind: 'energy',
  price,
  volume,
  ...(vat !== undefined && { vat }),
})
const parking: Asked = { kind: 'parking', price: '6', volume: 2_000_000, vat: '7' }
const isReverse = { parties: { ...parties, reverseCharge: true }, terms: {} }
const isExempt = { parties, terms: { zeroRate: 'E', exemption: 'exempt by law' } } as const

/** What a limit adds or takes, without tax but for that of a rate. */
const limit = (kind: 'minPrice' | 'maxPrice', net: string, [tax, gross, vat]: readonly string[] = []): PriceLine => ({
  kind,
  net,
  tax: tax ?? '0',
  gross: gross ?? net,
  ...(vat !== undefined && { vat }),
})

/** Of every kind that the books have: what is sealed, and by which terms it is invoiced. */
export const samples = {
  plain: [contentOf(), invoicing],
  'several rates': [contentOf({ asked: [energy('0.39', '19'), parking, energy('0.1', '0', 1_000_000)] }), invoicing],
  'tax in the prices': [contentOf({ taxIncluded: 'YES', asked: [energy('0.59', '19'), parking] }), invoicing],
  'reverse charge': [
    contentOf({ asked: [energy('0.39')], limits: [limit('minPrice', '1'), limit('maxPrice', '-2')] }),
    isReverse,
  ],
  'credit note': [
    creditOf(contentOf()),
    { ...invoicing, original: { number: 42, sealedAt: Date.UTC(2026, 10, 27, 23, 30) } },
  ],
  yen: [contentOf({ currency: 'JPY', totalDigits: 0, asked: [energy('55', '10')] }), invoicing],
  'whole dinars': [
    contentOf({ currency: 'KWD', totalDigits: 3, asked: [energy('0.041', '0', 30_000_000)] }),
    invoicing,
  ],
  'limits of a rate': [
    contentOf({
      asked: [energy('0.39', '19', 1_000_000)],
      limits: [
        limit('minPrice', '1.61', ['0.3059', '1.9159', '19']),
        limit('maxPrice', '-1', ['-0.19', '-1.19', '19']),
      ],
    }),
    invoicing,
  ],
  'limits at a rate of nothing': [
    contentOf({
      asked: [energy('0.39', '0')],
      limits: [limit('minPrice', '1', ['0', '1', '0']), limit('maxPrice', '-2', ['0', '-2', '0'])],
    }),
    invoicing,
  ],
  'energy given back': [contentOf({ asked: [energy('0.39', '19'), energy('0.20', '19', -60_000_000)] }), invoicing],
  nothing: [contentOf({ asked: [] }), invoicing],
  'outside of VAT': [
    contentOf({ asked: [energy('0.39')], limits: [limit('minPrice', '1'), limit('maxPrice', '-2')] }),
    invoicing,
  ],
  exempt: [
    contentOf({
      asked: [energy('0.39', '0')],
      limits: [limit('minPrice', '1', ['0', '1', '0']), limit('maxPrice', '-2', ['0', '-2', '0'])],
    }),
    isExempt,
  ],
} as const satisfies Readonly<Record<string, readonly [DocumentContent, Invoicing]>>

export type Sample = keyof typeof samples

export const xmlOf = (content: DocumentContent, by: Invoicing): string => {
  const made = invoiceOf(content, by)
  if ('faults' in made) throw new Error(JSON.stringify(made.faults))
  return ublOf(made.invoice)
}

export const sampleXml = (name: Sample): string => {
  const [content, by] = samples[name]
  return xmlOf(content, by)
}
