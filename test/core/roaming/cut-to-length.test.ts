import { describe, expect, it } from 'vitest'
import { cutToLength } from '../../../core/roaming/cut-to-length.ts'
import { written } from '../../../core/roaming/written.ts'

const long = (n: number): string => 'ä'.repeat(n)
const named = ({ losses }: { losses: readonly { pointer: string; rule: string }[] }): readonly string[] =>
  losses.map(({ pointer, rule }) => `${pointer} ${rule}`)

describe('a text that is too long', () => {
  it('is cut as the object and the version have it', () => {
    const place = { address: long(300), city: 'Bonn' }
    const lengthIn = (version: '2.3.0' | '2.2.1' | '2.1.1') =>
      String(cutToLength(place, 'location', version).object?.['address']).length
    expect([lengthIn('2.3.0'), lengthIn('2.2.1'), lengthIn('2.1.1')]).toEqual([255, 255, 45])
  })

  it('is shorter in a CDR than in its location', () => {
    const cut = cutToLength({ cdr_location: { address: long(60), state: long(30) } }, 'cdr', '2.3.0')
    expect(cut.object).toEqual({ cdr_location: { address: long(45), state: long(20) } })
    expect(named(cut)).toEqual(['/cdr_location/address cut', '/cdr_location/state cut'])
  })

  it('is shorter still where the partner has said so', () => {
    const cut = cutToLength({ address: long(60) }, 'location', '2.2.1', { 'Location.address': 45 })
    expect(cut.object).toEqual({ address: long(45) })
  })

  it('is not cut in two in the middle of a character', () => {
    const cut = cutToLength({ name: `${long(254)}🚲🚲` }, 'location', '2.3.0')
    expect(cut.object).toEqual({ name: `${long(254)}🚲` })
  })

  it('goes as a whole where a part of it would be wrong', () => {
    const evse = {
      uid: 'E1',
      evse_id: 'D'.repeat(49),
      images: [{ url: `https://${'i'.repeat(300)}` }, { url: 'https://i' }],
    }
    const cut = cutToLength(evse, 'evse', '2.3.0')
    expect(cut.object).toEqual({ uid: 'E1', images: [{ url: 'https://i' }] })
    expect(named(cut)).toEqual(['/evse_id tooLong', '/evse_id leftOut', '/images/0/url tooLong', '/images/0 leftOut'])
  })

  it('takes the signed data with it for a partner that has no room for them', () => {
    const signed = {
      encoding_method: 'OCMF',
      signed_values: [{ nature: 'Start', plain_data: 'x'.repeat(600), signed_data: 'y' }],
    }
    const cut = cutToLength({ id: 'C1', signed_data: signed }, 'cdr', '2.2.1', { 'SignedValue.plain_data': 512 })
    expect(cut.object).toEqual({ id: 'C1' })
    expect(named(cut)).toEqual([
      '/signed_data/signed_values/0/plain_data tooLong',
      '/signed_data/signed_values/0 leftOut',
      '/signed_data leftOut',
    ])
  })

  it('leaves nothing to send where it is the identifier of all of it', () => {
    expect(cutToLength({ id: 'x'.repeat(37) }, 'tariff', '2.3.0').object).toBeUndefined()
  })
})

describe('an object on the wire', () => {
  it('has numbers as numbers, as they stand', () => {
    const periods = [{ start_date_time: '2026-11-27T12:00:00Z', dimensions: [{ type: 'ENERGY', volume: '0.000001' }] }]
    const object = {
      kwh: '41.1234',
      charging_periods: periods,
      total_cost: { before_taxes: '1234567890.12' },
      x: '1.0',
    }
    expect(JSON.stringify(written(object, 'session', '2.3.0'))).toBe(
      '{"kwh":41.1234,"charging_periods":[{"start_date_time":"2026-11-27T12:00:00Z","dimensions":[{"type":"ENERGY","volume":0.000001}]}],"total_cost":{"before_taxes":1234567890.12},"x":"1.0"}',
    )
  })
})
