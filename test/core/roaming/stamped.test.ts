import { describe, expect, it } from 'vitest'
import { stamped } from '../../../core/roaming/stamped.ts'

const connector = (id: string, more: object = {}) => ({ id, standard: 'IEC_62196_T2', ...more })
const location = (status: string, amps = 32) => ({
  id: 'L1',
  evses: [
    { uid: 'E1', status, connectors: [connector('1', { max_amperage: amps }), connector('2')] },
    { uid: 'E2', status: 'AVAILABLE', connectors: [connector('1')] },
  ],
})
const stamps = (of: unknown): unknown => {
  const { last_updated, evses } = of as {
    last_updated: string
    evses: { last_updated: string; connectors: { last_updated: string }[] }[]
  }
  return [last_updated, ...evses.map((e) => [e.last_updated, ...e.connectors.map((c) => c.last_updated)])]
}

describe('last_updated', () => {
  const first = stamped(undefined, location('AVAILABLE'), '1')

  it('is that of its publication everywhere in what is new', () => {
    expect(stamps(first)).toEqual(['1', ['1', '1', '1'], ['1', '1']])
  })
  it('stays where nothing has changed: it is the very same', () => {
    expect(stamped(first, { ...location('AVAILABLE'), last_updated: 'whatever' }, '2')).toBe(first)
  })
  it('of an EVSE goes up to its location, and down to nobody', () => {
    expect(stamps(stamped(first, location('CHARGING'), '2'))).toEqual(['2', ['2', '1', '1'], ['1', '1']])
  })
  it('of a connector goes up to its EVSE and its location', () => {
    expect(stamps(stamped(first, location('AVAILABLE', 16), '2'))).toEqual(['2', ['2', '2', '1'], ['1', '1']])
  })
  it('of a location is new where an EVSE of it has gone, or has come', () => {
    const [one] = location('AVAILABLE').evses
    const fewer = stamped(first, { id: 'L1', evses: [one] }, '2')
    expect([stamps(fewer), stamps(stamped(fewer, location('AVAILABLE'), '3'))]).toEqual([
      ['2', ['1', '1', '1']],
      ['3', ['1', '1', '1'], ['3', '3']],
    ])
  })
  it('stays with one that has none of either', () => {
    const tariff = stamped(undefined, { id: 'T' }, '1')
    expect([stamped(tariff, { id: 'T' }, '2'), stamped(tariff, { id: 'T', currency: 'EUR' }, '2')]).toEqual([
      { id: 'T', last_updated: '1' },
      { id: 'T', currency: 'EUR', last_updated: '2' },
    ])
  })
})
