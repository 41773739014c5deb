import { describe, expect, it } from 'vitest'
import { statementText } from '../../../core/settlement/closed-statement.ts'

const content = {
  tenant: 'default',
  id: '6f1c2d3e-4b5a-8697-8899-aabbccddeeff',
  month: '2026-11',
  party: 'emp:DE*8AA',
  currency: 'EUR',
  digest: 'ab',
  opening: '1.00',
  sums: [],
  total: '0.00',
  closing: '1.00',
  postings: 0,
}
const line = {
  source: { kind: 'document', key: '7' },
  at: Date.UTC(2026, 10, 24, 12),
  text: 'CDR 7',
  purpose: 'charging',
  amount: '1.00',
} as const

describe('the text of a closed statement', () => {
  it('is one text of one statement, however its fields were put together', () => {
    const backwards = Object.fromEntries(Object.entries(content).toReversed()) as typeof content
    expect(statementText(backwards, [line])).toBe(statementText(content, [line]))
    expect(statementText(content, [line])).toBe(
      '{"closing":"1.00","currency":"EUR","digest":"ab","format":"stationmaster-statement-1","id":"6f1c2d3e-4b5a-8697-8899-aabbccddeeff",' +
        '"lines":[{"amount":"1.00","at":"2026-11-24T12:00:00.000Z","purpose":"charging","source":{"key":"7","kind":"document"},"text":"CDR 7"}],' +
        '"month":"2026-11","opening":"1.00","party":"emp:DE*8AA","postings":0,"sums":[],"tenant":"default","total":"0.00"}',
    )
  })

  it('tells a month without postings from one with too many to list', () => {
    const linesIn = (text: string): unknown => (JSON.parse(text) as { readonly lines?: unknown }).lines
    expect([linesIn(statementText(content, [])), linesIn(statementText(content, undefined))]).toEqual([[], undefined])
  })
})
