import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SampledValue } from '../../../core/domain/meter.ts'
import { defaultUnit, normalOf } from '../../../core/domain/normal.ts'
import { scaled, shifted } from '../../../core/domain/units.ts'

const sampled = (measurand: string, value: string, unit?: string, over: Partial<SampledValue> = {}): SampledValue => ({
  measurand,
  value,
  unit: unit ?? defaultUnit(measurand),
  context: 'Sample.Periodic',
  location: 'Outlet',
  ...over,
})

describe('the normal form of what a meter measures', () => {
  it.each([
    ['Energy.Active.Import.Register', 'Wh'],
    ['Energy.Active.Export.Register', 'Wh'],
    ['Energy.Active.Import.Interval', 'Wh'],
    ['Energy.Active.Export.Interval', 'Wh'],
    ['Energy.Reactive.Import.Register', 'varh'],
    ['Energy.Reactive.Export.Register', 'varh'],
    ['Energy.Reactive.Import.Interval', 'varh'],
    ['Energy.Reactive.Export.Interval', 'varh'],
    ['Power.Active.Import', 'W'],
    ['Power.Active.Export', 'W'],
    ['Power.Offered', 'W'],
    ['Power.Reactive.Import', 'var'],
    ['Power.Reactive.Export', 'var'],
    ['Power.Factor', '1'],
    ['Current.Import', 'A'],
    ['Current.Export', 'A'],
    ['Current.Offered', 'A'],
    ['Voltage', 'V'],
    ['Frequency', 'Hz'],
    ['Temperature', '°C'],
    ['SoC', '%'],
    ['RPM', 'rpm'],
  ])('%s without a unit is in %s: all 22 measurands of OCPP 1.6', (measurand, unit) => {
    expect(normalOf(sampled(measurand, '12.5'))).toEqual({ value: '12.5', unit })
  })

  it.each([
    ['Energy.Active.Import.Register', 'kWh', '877.5', '877500', 'Wh'],
    ['Energy.Active.Import.Register', 'KWH', '1', '1000', 'Wh'],
    ['Energy.Active.Import.Register', 'MWh', '0.25', '250000', 'Wh'],
    ['Energy.Active.Import.Register', 'mWh', '1500', '1.5', 'Wh'],
    ['Energy.Reactive.Import.Register', 'kvarh', '0.0015', '1.5', 'varh'],
    ['Energy.Active.Import.Register', 'Wh', ' 12 ', '12', 'Wh'],
    ['Energy.Active.Import.Register', 'Wh', '-0.0', '0', 'Wh'],
    ['Energy.Active.Import.Register', 'Wh', '1e3', '1000', 'Wh'],
    ['Energy.Active.Import.Register', 'kWh', '9007199254740993.000001', '9007199254740993000.001', 'Wh'],
    ['Power.Active.Import', 'kW', '10.95', '10950', 'W'],
    ['Power.Active.Import', 'W', '-0.500', '-0.5', 'W'],
    ['Power.Offered', 'VA', '100', '100', 'VA'],
    ['Power.Offered', 'kVA', '.1', '100', 'VA'],
    ['Power.Reactive.Import', 'kvar', '1', '1000', 'var'],
    ['Current.Import', 'mA', '15900', '15.9', 'A'],
    ['Voltage', 'kV', '0.4', '400', 'V'],
    ['Frequency', 'Hertz', '49.98', '49.98', 'Hz'],
    ['Temperature', 'Celcius', '21.5', '21.5', '°C'],
    ['Temperature', 'Celsius', '-3', '-3', '°C'],
    ['Temperature', 'K', '273.15', '0', '°C'],
    ['Temperature', 'K', '300', '26.85', '°C'],
    ['Temperature', 'Fahrenheit', '212', '100', '°C'],
    ['Temperature', 'Fahrenheit', '0', '-17.777778', '°C'],
    ['SoC', '%', '54', '54', '%'],
    ['Power.Factor', 'Percent', '98.7', '0.987', '1'],
    ['Vendor.Thing', 'V', '5', '5', 'V'],
  ])('§9.3: %s in %s, %j, is %s %s', (measurand, unit, value, normal, canonical) => {
    expect(normalOf(sampled(measurand, value, unit))).toEqual({ value: normal, unit: canonical })
  })

  it.each([
    ['a decimal comma', sampled('Energy.Active.Import.Register', '1,5')],
    ['spaces between digits', sampled('Energy.Active.Import.Register', '12 345')],
    ['nothing', sampled('Voltage', '')],
    ['a word', sampled('Voltage', 'NaN')],
    ['a unit nobody knows', sampled('Voltage', '230', 'volts')],
    ['a unit that may be a thousandth or a million', sampled('Power.Active.Import', '1', 'mw')],
    ['a unit of something else', sampled('Power.Active.Import', '11', 'kWh')],
    ['a measurand nobody knows, without a unit', sampled('Vendor.Thing', '5')],
    ['a signed blob', sampled('Energy.Active.Import.Register', '4f2a', 'Wh', { signed: true })],
    ['a number without end', sampled('Voltage', '1e400', 'V')],
  ])('%s has none', (_, value) => {
    expect(normalOf(value)).toBeUndefined()
  })

  it('is exact: what is moved there and back is what it was', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -9, max: 9 }), (n, places) => {
        expect(shifted(shifted(String(n), places) ?? '', -places)).toBe(String(n))
      }),
    )
  })

  it('never throws, and agrees with the whole numbers that are computed with', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.float().map(String)), (text) => {
        const moved = shifted(text, 3)
        if (scaled(text, 3) !== undefined && moved !== undefined) expect(scaled(moved, 0)).toBe(scaled(text, 3))
      }),
    )
  })
})
