import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical } from '../../../core/domain/canonical.ts'
import type { Cdr } from '../../../core/domain/cdr.ts'
import { type DocumentContent, documentText } from '../../../core/domain/document.ts'
import { samplePriced } from '../../support/documents.ts'

const cdr: Cdr = {
  id: 'a',
  tenant: 'default',
  version: 0,
  session: 's',
  chargePoint: 'CP-1',
  evse: 1,
  connector: 1,
  startedAt: 0,
  endedAt: 3_600_000,
  energyMwh: 12_345_000,
  durationMs: 3_600_000,
  stopReason: 'Local',
  state: 'issued',
  credits: ['c'],
  notes: ['ünïcode "quoted"'],
  priced: samplePriced,
}
const sealing = { id: 'a', tenant: 'default', number: 7, sealedAt: 0, cdr, signed: [] }

/** The same value, its fields in the opposite order. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, field]) => [name, turned(field)]),
  )
}

describe('the text of a document', () => {
  it('is the same for the same content, whatever order a store keeps its fields in', () => {
    expect(documentText({ ...sealing, cdr: turned(cdr) as Cdr })).toBe(documentText(sealing))
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonical(turned(value))).toBe(canonical(value))
      }),
    )
  })

  it('says the same as what it was made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
    expect(canonical({ a: undefined, b: [undefined, 1] })).toBe('{"b":[null,1]}')
  })

  it('has the account with its price, and nothing of what becomes of it later', () => {
    const { account, kind, format, sealedAt } = JSON.parse(documentText(sealing)) as DocumentContent
    expect([kind, format, sealedAt]).toEqual(['cdr', 'stationmaster-document-1', '1970-01-01T00:00:00.000Z'])
    const { state: _, credits: _credits, ...rest } = cdr
    expect(account).toEqual(rest)
  })

  it('of a credit it says why, and takes back the total', () => {
    const { kind, credit, account } = JSON.parse(
      documentText({ ...sealing, id: 'c', credit: { reason: 'energy changed' } }),
    ) as DocumentContent
    expect([kind, account.id]).toEqual(['credit', 'a'])
    expect(credit).toEqual({ reason: 'energy changed', total: { net: '-6.05', tax: '-1.15', gross: '-7.20' } })
    const { priced: _, ...unpriced } = cdr
    const free = JSON.parse(documentText({ ...sealing, cdr: unpriced, credit: { reason: 'x' } })) as DocumentContent
    expect(free.credit).toEqual({ reason: 'x' })
  })
})
