import { describe, expect, it } from 'vitest'
import { isCountry, threeLetters } from '../../../core/domain/country.ts'
import { type Outlet, outletsFault, wattsOf } from '../../../core/domain/outlet.ts'
import { marketId, resellerFault } from '../../../core/domain/party.ts'
import { coordinateFault, latitude, longitude, openingFault } from '../../../core/domain/site.ts'

describe('coordinates', () => {
  it.each(['52.52000', '-0.12345', '90.0000000', '7.1234567'])('%s is a latitude', (text) => {
    expect([latitude.test(text), coordinateFault(text, 90)]).toEqual([true, undefined])
  })
  it.each(['52.5200', '52.52000001', '+52.52000', '052.52000', '52,52000', '52', '', '5 2.52000'])(
    '%j has not the form of one',
    (text) => {
      expect(latitude.test(text)).toBe(false)
    },
  )
  it('are not beyond the poles and the date line', () => {
    expect(coordinateFault('90.00001', 90)).toBe('is beyond 90 degrees')
    expect(coordinateFault('-91.00000', 90)).toBe('is beyond 90 degrees')
    expect(longitude.test('-180.00000') && coordinateFault('-180.00000', 180)).toBeUndefined()
    expect(coordinateFault('180.0000001', 180)).toBe('is beyond 180 degrees')
  })
})

describe('opening times', () => {
  const none = { always: false, regular: [], openings: [], closings: [] }
  const hours = (weekday: number, from: string, until: string) => ({ weekday, from, until })

  it('may be several on one day, one after the other, until midnight', () => {
    const regular = [hours(1, '08:00', '12:00'), hours(1, '12:00', '24:00'), hours(2, '08:00', '12:00')]
    expect(openingFault({ ...none, regular })).toBeUndefined()
  })
  it('do not overlap, end after they begin, and are not given where it is always open', () => {
    const overlapping = [hours(1, '08:00', '12:01'), hours(1, '12:00', '13:00')]
    expect(openingFault({ ...none, regular: overlapping })?.at).toBe('/regular/1')
    expect(openingFault({ ...none, regular: [hours(1, '22:00', '06:00')] })?.at).toBe('/regular/0/until')
    expect(openingFault({ ...none, always: true, regular: [hours(1, '08:00', '12:00')] })?.at).toBe('/regular')
    expect(openingFault({ ...none, always: true, closings: [{ from: 5, until: 5 }] })?.at).toBe('/closings/0/until')
  })
})

describe('outlets', () => {
  const outlet = (more: Partial<Outlet> = {}): Outlet => ({
    id: '1',
    number: 1,
    standard: 'IEC_62196_T2',
    format: 'CABLE',
    powerType: 'AC_3_PHASE',
    maxVolts: 230,
    maxAmps: 32,
    ...more,
  })

  it('deliver what their voltage, amperage and phases make, or less', () => {
    expect(wattsOf(outlet())).toBe(22_080)
    expect(wattsOf(outlet({ powerType: 'AC_1_PHASE' }))).toBe(7_360)
    expect(wattsOf(outlet({ powerType: 'DC', maxVolts: 920, maxAmps: 500, maxWatts: 150_000 }))).toBe(150_000)
    expect(outletsFault([outlet({ maxWatts: 22_080 })])).toBeUndefined()
    expect(outletsFault([outlet({ maxWatts: 22_081 })])?.at).toBe('/0/maxWatts')
  })
  it('have each an id and a number of their own', () => {
    expect(outletsFault([outlet({ id: 'a' }), outlet({ id: 'A', number: 2 })])?.at).toBe('/1/id')
    expect(outletsFault([outlet(), outlet({ id: '2' })])?.at).toBe('/1/number')
    expect(outletsFault([outlet(), outlet({ id: '2', number: 2 })])).toBeUndefined()
  })
})

it('countries are those of ISO 3166-1, by two letters and by three', () => {
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  const codes = letters.flatMap((a) => letters.map((b) => a + b)).filter(isCountry)
  expect(codes.length).toBe(249)
  expect(new Set(codes.map(threeLetters)).size).toBe(249)
  expect(codes.every((code) => /^[A-Z]{3}$/.test(threeLetters(code) ?? ''))).toBe(true)
  expect([threeLetters('DE'), threeLetters('CH'), threeLetters('XK'), isCountry('de'), isCountry('UK')]).toEqual([
    'DEU',
    'CHE',
    undefined,
    false,
    false,
  ])
})

it('a reseller stands above CPOs, and nobody above it', () => {
  expect(resellerFault({ role: 'cpo' }, { role: 'csr' })).toBeUndefined()
  expect(resellerFault({ role: 'csr' }, { role: 'csr' })).toBe('only a CPO has a reseller above it')
  expect(resellerFault({ role: 'cpo' }, { role: 'cpo' })).toBe('is no reseller (csr)')
})

it('names are of 36 characters that OCPI can carry', () => {
  expect(['a', 'A-1', 'DE*ABC*P1', 'x'.repeat(36)].every((id) => marketId.test(id))).toBe(true)
  expect(['', '-a', 'a.', 'a b', 'ä', 'a/b', 'x'.repeat(37)].some((id) => marketId.test(id))).toBe(false)
})
