import { describe, expect, it } from 'vitest'
import { exchangeOf } from '../../../adapters/roaming/ocpi/exchange-of.ts'
import { lossText, noteLosses } from '../../../adapters/roaming/ocpi/losses.ts'
import { noQuirks, type Quirks } from '../../../core/domain/roaming-partner.ts'
import type { Token } from '../../../core/roaming/model.ts'
import { toWire } from '../../../core/roaming/wire.ts'

const token: Token = {
  country_code: 'DE',
  party_id: 'ABC',
  uid: '04A1',
  type: 'RFID',
  contract_id: 'DE-ABC-C00000001-X',
  issuer: 'A long name of an issuer',
  valid: true,
  whitelist: 'ALWAYS',
  last_updated: '2026-11-27T12:00:00Z',
}
const partner = (quirks: Partial<Quirks>) => ({ version: '2.2.1', quirks: { ...noQuirks, ...quirks } }) as const

describe('an object to a partner', () => {
  it('has no text longer than the partner takes', () => {
    const { body, losses } = toWire(token, exchangeOf(partner({ lengths: { 'Token.issuer': 6 } }), 'token'))
    expect([body?.['issuer'], lossText(losses)]).toEqual(['A long', 'not said: /issuer: it has at most 6 characters'])
  })

  it('has totals of as many decimals as the partner takes', () => {
    const session = { total_cost: { before_taxes: '1.2345' } }
    const { body } = toWire(session, { ...exchangeOf(partner({ decimals: 2 }), 'session'), isPart: true })
    expect(body).toEqual({ total_cost: { excl_vat: 1.23 } })
  })

  it('is not cut and not rounded for whom nothing is known', () => {
    const { body, losses } = toWire(token, exchangeOf(partner({}), 'token'))
    expect([body?.['issuer'], losses]).toEqual([token.issuer, []])
  })
})

describe('what could not be said', () => {
  it('is said once for all elements of a list', () => {
    const detail = 'there is no such field'
    const losses = [0, 1].map((n) => ({ pointer: `/evses/${n}/parking`, detail }))
    expect(lossText(losses)).toBe('not said: /evses/*/parking: there is no such field')
  })

  it('is in the log of a partner where nothing goes out', () => {
    const lines: unknown[] = []
    const log = { warn: (message: string, attributes?: object) => void lines.push([message, attributes]) }
    const about = { partner: 'emp', module: 'cdrs', object: 'C1' }
    noteLosses(log, about, [])
    noteLosses(log, about, [{ pointer: '/id', detail: 'too long' }])
    expect(lines).toEqual([
      ['a roaming partner is not told of an object', { ...about, reason: 'not said: /id: too long' }],
    ])
  })
})
