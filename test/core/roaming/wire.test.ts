import { describe, expect, it } from 'vitest'
import type { Token } from '../../../core/roaming/model.ts'
import { fromWire, patchFromWire, toWire } from '../../../core/roaming/wire.ts'

const at = '2026-11-27T12:00:00Z'
const owner = { country_code: 'DE', party_id: 'ABC' }
const tariff = {
  ...owner,
  id: 'T1',
  currency: 'EUR',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.25, vat: 19, step_size: 1 }] }],
  min_price: { excl_vat: 0.5, incl_vat: 0.595 },
  last_updated: at,
}
const token: Token = {
  ...owner,
  uid: '04A1',
  type: 'EMAID',
  contract_id: 'DE-ABC-C00000001-X',
  issuer: `${'A'.repeat(70)}`,
  valid: true,
  whitelist: 'ALWAYS',
  last_updated: at,
}

describe('an object from a partner', () => {
  it('is as our model has it, whatever version the partner speaks', () => {
    const { object, faults, oddities, losses } = fromWire(tariff, { kind: 'tariff', version: '2.2.1' })
    expect(object).toMatchObject({
      tax_included: 'NO',
      min_price: { before_taxes: '0.5', after_taxes: '0.595' },
      elements: [{ price_components: [{ price: '0.25', vat: '19' }] }],
    })
    expect([faults, oddities, losses]).toEqual([[], [], []])
  })

  it('is none where it has faults', () => {
    const { object, faults } = fromWire({ ...tariff, elements: 'free' }, { kind: 'tariff', version: '2.2.1' })
    expect([object, faults.map(({ pointer }) => pointer)]).toEqual([undefined, ['/elements']])
  })

  it('is none where it lacks what nobody knows, as its owner in 2.1.1', () => {
    const { country_code: _c, party_id: _p, min_price: _m, ...older } = tariff
    const read = (known: object) => fromWire(older, { kind: 'tariff', version: '2.1.1', known })
    expect(read({}).faults.map(({ pointer, rule }) => `${pointer} ${rule}`)).toEqual([
      '/country_code required',
      '/party_id required',
    ])
    expect(read({ owner }).object).toMatchObject(owner)
  })

  it('is of the party of the address, whatever it says of itself in 2.1.1', () => {
    const { min_price: _m, ...older } = tariff
    const read = fromWire({ ...older, party_id: 'XYZ' }, { kind: 'tariff', version: '2.1.1', known: { owner } })
    expect(read.object).toMatchObject(owner)
  })

  it('may be a part in a PATCH', () => {
    const { object, faults } = patchFromWire({ tariff_id: 'T2', voltage: 400 }, { kind: 'connector', version: '2.1.1' })
    expect([object, faults]).toEqual([{ tariff_ids: ['T2'], max_voltage: 400 }, []])
  })
})

describe('an object to a partner', () => {
  it('is in the words and the lengths of its version, and says what is lost', () => {
    const { body, losses } = toWire(token, { kind: 'token', version: '2.1.1', known: { owner } })
    expect(body).toEqual({
      uid: '04A1',
      type: 'OTHER',
      auth_id: 'DE-ABC-C00000001-X',
      issuer: 'A'.repeat(64),
      valid: true,
      whitelist: 'ALWAYS',
      last_updated: at,
    })
    expect(losses.map(({ pointer, rule }) => `${pointer} ${rule}`)).toEqual(['/type replaced', '/issuer cut'])
  })

  it('may be a part in a PATCH', () => {
    const part = { tariff_ids: ['T2'], last_updated: at }
    const { body, losses } = toWire(part, { kind: 'connector', version: '2.1.1', isPart: true })
    expect([body, losses]).toEqual([{ tariff_id: 'T2', last_updated: at }, []])
  })
})
