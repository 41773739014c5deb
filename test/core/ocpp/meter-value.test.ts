import { describe, expect, it } from 'vitest'
import { type MeterValueElement, meterRow, readingOf } from '../../../core/ocpp/actions/meter-value.ts'
import { route } from '../../../core/ocpp/router.ts'

type Sample = MeterValueElement['sampledValue'][number]

const element = (...sampledValue: readonly Sample[]): MeterValueElement => ({
  timestamp: '2026-11-24T12:00:00Z',
  sampledValue,
})
const energies = (connector: number | undefined, ...values: readonly Sample[]) => {
  const { registerMwh, besides } = readingOf(element(...values), 0, connector)
  return { registerMwh, besides }
}
const nothing = { registerMwh: undefined, besides: undefined }
const interval = 'Energy.Active.Import.Interval'

describe('what a reading says of energy', () => {
  const rows: readonly (readonly [string, readonly Sample[], object])[] = [
    ['a register', [{ value: '5' }], { registerMwh: 5_000 }],
    ['a register in kWh', [{ value: '5.5', unit: 'kWh' }], { registerMwh: 5_500_000 }],
    ['a register in a unit of its own spelling', [{ value: '5', unit: 'KWH' }], { registerMwh: 5_000_000 }],
    ['a register with spaces around it', [{ value: ' 5 ' }], { registerMwh: 5_000 }],
    ['phases alone', ['L1', 'L2', 'L3'].map((phase) => ({ value: '2', phase })), { registerMwh: 6_000 }],
    ['phases against neutral', ['L1-N', 'L2-N'].map((phase) => ({ value: '2', phase })), { registerMwh: 4_000 }],
    ['a total beside its phases', [{ value: '2', phase: 'L1' }, { value: '7' }], { registerMwh: 7_000 }],
    ['an export', [{ value: '5', measurand: 'Energy.Active.Export.Register' }], { besides: { exports: [5_000] } }],
    [
      'an export at the start and at the end',
      ['Transaction.Begin', 'Transaction.End'].map((context, i) => ({
        value: String(i + 1),
        measurand: 'Energy.Active.Export.Register',
        context,
      })),
      { besides: { exports: [1_000, 2_000] } },
    ],
    [
      'an export of phases',
      ['L1', 'L2'].map((phase) => ({ value: '5', measurand: 'Energy.Active.Export.Register', phase })),
      { besides: { exports: [10_000] } },
    ],
    ['a reactive register', [{ value: '5', measurand: 'Energy.Reactive.Import.Register' }], {}],
    [
      'an import beside an export',
      [{ value: '9', measurand: 'Energy.Active.Export.Register' }, { value: '5' }],
      { registerMwh: 5_000, besides: { exports: [9_000] } },
    ],
    ['a register at the inlet', [{ value: '5', location: 'Inlet' }], {}],
    ['a signed register', [{ value: '4f2a', format: 'SignedData' }], {}],
    [
      'a signed register beside one to read',
      [{ value: '4f2a', format: 'SignedData' }, { value: '5' }],
      { registerMwh: 5_000 },
    ],
    ['a decimal comma', [{ value: '1,5' }], { besides: { unreadable: true } }],
    ['a negative register', [{ value: '-1' }], { besides: { unreadable: true } }],
    ['a register in volts', [{ value: '5', unit: 'V' }], { besides: { unreadable: true } }],
    ['the start', [{ value: '5', context: 'Transaction.Begin' }], { registerMwh: 5_000, besides: { beginMwh: 5_000 } }],
    ['the end', [{ value: '9', context: 'Transaction.End' }], { registerMwh: 9_000, besides: { endMwh: 9_000 } }],
    [
      'start and end at once',
      [
        { value: '5', context: 'Transaction.Begin' },
        { value: '9', context: 'Transaction.End' },
      ],
      { registerMwh: 9_000, besides: { beginMwh: 5_000, endMwh: 9_000 } },
    ],
    ['an interval', [{ value: '5', measurand: interval }], { besides: { interval: { mwh: 5_000 } } }],
    [
      'an interval of phases',
      ['L1', 'L2'].map((phase) => ({ value: '5', measurand: interval, phase })),
      { besides: { interval: { mwh: 10_000 } } },
    ],
    [
      'an interval in time with the clock',
      [{ value: '5', measurand: interval, context: 'Sample.Clock' }],
      { besides: { interval: { mwh: 5_000, aligned: true } } },
    ],
    ['an interval on demand', [{ value: '5', measurand: interval, context: 'Trigger' }], {}],
    ['an interval beside a register', [{ value: '5', measurand: interval }, { value: '70' }], { registerMwh: 70_000 }],
    ['an exported interval', [{ value: '5', measurand: 'Energy.Active.Export.Interval' }], {}],
  ]
  it.each(rows)('R-7 R-9: %s', (_, values, said) => {
    expect(energies(1, ...values)).toEqual({ ...nothing, ...said })
  })

  it('what connector 0 tells in time with the clock is the meter of the station; what it samples for a transaction is not', () => {
    const aligned = { value: '5', context: 'Sample.Clock' }
    expect(energies(0, aligned)).toEqual(nothing)
    expect(energies(1, aligned)).toEqual({ ...nothing, registerMwh: 5_000 })
    expect(energies(0, { value: '5' })).toEqual({ ...nothing, registerMwh: 5_000 })
  })

  it('its power is the total, else the sum of the phases, in mW', () => {
    const powerOf = (...values: readonly Sample[]) =>
      meterRow(JSON.stringify(element(...values)), { at: 0, received: 0, register: undefined }).powerMw
    const measurand = 'Power.Active.Import'
    expect(powerOf({ value: '10.95', measurand, unit: 'kW' })).toBe(10_950_000)
    expect(powerOf(...['L1', 'L2'].map((phase) => ({ value: '100', measurand, unit: 'W', phase })))).toBe(200_000)
    expect(powerOf({ value: '100', measurand: 'Power.Offered', unit: 'W' })).toBeUndefined()
    expect(powerOf({ value: '100', measurand, unit: 'VA' })).toBeUndefined()
  })

  it.each([
    [
      'StartTransaction',
      { connectorId: 1, idTag: 'A', meterStart: -1, timestamp: '2026-11-24T12:00:00Z' },
      'the station does not know its first register',
    ],
    [
      'StopTransaction',
      { transactionId: 1, meterStop: -1, timestamp: '2026-11-24T12:00:00Z' },
      'the station does not know its last register',
    ],
    [
      'MeterValues',
      { connectorId: 1, transactionId: 1, meterValue: [element({ value: '1,5' })] },
      'a register cannot be read',
    ],
  ])('INV-52: %s with a register that is none is kept without it, and flagged', (action, payload, flag) => {
    const routed = route('ocpp1.6', action, payload, Date.UTC(2026, 10, 24, 12))
    expect(routed).toMatchObject({ ok: true, ask: { flags: [flag] } })
    expect(routed).not.toHaveProperty('ask.meterMwh')
  })
})
