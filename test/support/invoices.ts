import fc from 'fast-check'
import { amountText, partsOf, product, quotient, roundedTo, unitOf } from '../../core/domain/amount.ts'
import type { DocumentContent, SealedDocument } from '../../core/domain/document.ts'
import type { Invoicing } from '../../core/invoicing/invoice.ts'
import type { InvoiceParties } from '../../core/invoicing/party.ts'
import { type LineKind, type Priced, type PriceLine, usualRounding } from '../../core/pricing/priced.ts'
import type { Dimension, TaxIncluded, Tariff } from '../../core/pricing/tariff.ts'

/** A price and what it was asked of: mWh, ms, or 1. */
export interface Asked {
  readonly kind: LineKind
  readonly price: string
  readonly volume: number
  readonly vat?: string
}

export interface Wanted {
  readonly asked?: readonly Asked[]
  readonly limits?: readonly PriceLine[]
  readonly currency?: string
  readonly taxIncluded?: TaxIncluded
  readonly totalDigits?: number
}

const hour = 3_600_000
const per: Readonly<Record<Dimension, number>> = { FLAT: 1, ENERGY: 1_000_000, TIME: hour, PARKING_TIME: hour }
const dimensionOf = (kind: LineKind): Dimension =>
  kind === 'energy' ? 'ENERGY' : kind === 'parking' ? 'PARKING_TIME' : kind === 'fixed' ? 'FLAT' : 'TIME'

const fourth = unitOf(4)
const one = 10n ** 12n

/** A price times what it was asked of, with its tax, to four decimals. */
const lineOf = ({ kind, price, volume, vat }: Asked, taxIncluded: TaxIncluded): PriceLine => {
  const dimension = dimensionOf(kind)
  const rate = partsOf(vat ?? '0')
  const exact = quotient(partsOf(price) * BigInt(volume), BigInt(per[dimension]))
  const hundred = 100n * one
  const [net, gross] =
    taxIncluded === 'YES'
      ? [quotient(exact * hundred, hundred + rate), exact]
      : [exact, exact + quotient(product(exact, rate), 100n)]
  const [wholeNet, wholeGross] = [roundedTo(fourth, net), roundedTo(fourth, gross)]
  return {
    kind,
    component: { dimension, element: 0, component: 0 },
    price,
    volume,
    billed: volume,
    ...(vat !== undefined && { vat }),
    ...taxed(wholeNet, wholeGross),
  }
}

const taxed = (net: bigint, gross: bigint) => ({
  net: amountText(net, 0),
  tax: amountText(gross - net, 0),
  gross: amountText(gross, 0),
})

const usual: Asked = { kind: 'energy', price: '0.39', volume: 30_123_456, vat: '19' }

/** An account that was priced by these: lines of four decimals, and what rounds their sum. */
export const pricedBy = ({
  asked = [usual],
  limits = [],
  currency = 'EUR',
  taxIncluded = 'NO',
  totalDigits = 2,
}: Wanted): Priced => {
  const lines = [...asked.map((each) => lineOf(each, taxIncluded)), ...limits]
  const sum = (of: (line: PriceLine) => string): bigint => lines.reduce((all, line) => all + partsOf(of(line)), 0n)
  const [net, gross] = [sum((line) => line.net), sum((line) => line.gross)]
  const unit = unitOf(totalDigits)
  const [roundNet, roundGross] = [roundedTo(unit, net), roundedTo(unit, gross)]
  const rounding: PriceLine = { kind: 'rounding', ...taxed(roundNet - net, roundGross - gross) }
  const components = asked.map(({ kind, price, vat }) => ({
    dimension: dimensionOf(kind),
    price,
    stepSize: 1,
    ...(vat !== undefined && { vat }),
  }))
  const tariff: Tariff = { id: 'T', version: 1, currency, taxIncluded, elements: [{ components }] }
  return {
    tariff,
    zone: 'Europe/Berlin',
    rounding: { ...usualRounding, totalDigits },
    periods: [],
    lines: roundNet === net && roundGross === gross ? lines : [...lines, rounding],
    total: taxed(roundNet, roundGross),
  }
}

export const contentOf = (wanted: Wanted = {}, more: Partial<DocumentContent> = {}): DocumentContent => {
  const account = {
    id: 'e3b6d3a0-2c1f-4c8e-9d55-0a4f6f1d7c11',
    tenant: 'default',
    version: 0,
    session: '5f0c2c3e-9a5e-4f0e-8f6e-0a3d1b2c3d4e',
    chargePoint: 'CP-1',
    evse: 1,
    connector: 1,
    contract: 'DE8AA001234567',
    startedAt: Date.UTC(2026, 10, 27, 9),
    endedAt: Date.UTC(2026, 10, 27, 10, 30),
    energyMwh: 30_123_456,
    durationMs: 1.5 * hour,
    stopReason: 'EVDisconnected',
    notes: [],
    priced: pricedBy(wanted),
  }
  return {
    format: 'stationmaster-document-1',
    id: account.id,
    tenant: 'default',
    kind: 'cdr',
    number: 42,
    sealedAt: '2026-11-27T23:30:00.000Z',
    account,
    signed: [],
    ...more,
  }
}

export const creditOf = (content: DocumentContent): DocumentContent => ({
  ...content,
  id: '0c7d1f9e-4b1a-4d6e-8a63-6f1b2a3c4d5e',
  kind: 'credit',
  number: 43,
  sealedAt: '2026-11-29T10:00:00.000Z',
  credit: { reason: 'energy changed by what came later' },
})

export const sealedOf = (content: DocumentContent): SealedDocument => ({
  id: content.id,
  tenant: content.tenant,
  kind: content.kind,
  number: content.number,
  cdr: content.account.id,
  bytes: new TextEncoder().encode(JSON.stringify(content)),
  digest: '00'.repeat(32),
  sealedAt: Date.parse(content.sealedAt),
})

export const parties: InvoiceParties = {
  seller: {
    name: 'Ladewerk GmbH',
    vat: 'DE123456789',
    registration: { id: 'HRB 12345' },
    address: { street: 'Hafenstraße 1', city: 'Hamburg', postalCode: '20457', country: 'DE' },
    endpoint: { id: '4012345000009', scheme: '0088' },
    account: { iban: 'DE02 1203 0000 0000 2020 51', bic: 'BYLADEM1001' },
  },
  buyer: {
    name: 'Mobil SA',
    vat: 'BE0403019261',
    registration: { id: '0403019261', scheme: '0208' },
    address: { street: 'Rue Haute 2', city: 'Bruxelles', postalCode: '1000', country: 'BE' },
    endpoint: { id: '0403019261', scheme: '0208' },
  },
}

export const invoicing: Invoicing = { parties, terms: {} }

const rates = ['0', '5.2', '7', '8.1', '19', '21', '25.5'] as const

const askedAtRandom = fc.record({
  kind: fc.constantFrom<LineKind>('fixed', 'energy', 'time', 'parking'),
  price: fc.integer({ min: 0, max: 5_000_000 }).map((n) => amountText(BigInt(n) * 10n ** 6n, 0)),
  volume: fc.integer({ min: -2_000_000, max: 200_000_000 }),
  vat: fc.constantFrom(...rates),
})

/** Accounts of one to eight prices under up to seven rates, with negative energy, whatever they come to. */
export const accountsAtRandom = fc.record({
  asked: fc.array(
    askedAtRandom.map(({ volume, ...rest }) => ({
      ...rest,
      volume: rest.kind === 'fixed' ? 1 : rest.kind === 'energy' ? volume : Math.abs(volume),
    })),
    { minLength: 1, maxLength: 8 },
  ),
  taxIncluded: fc.constantFrom<TaxIncluded>('YES', 'NO'),
})
