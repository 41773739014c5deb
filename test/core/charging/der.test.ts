import { describe, expect, it } from 'vitest'
import { type DerControl, derControlTypes, derFault, isMeantControl } from '../../../core/charging/der.ts'
import type { Body } from '../../../core/domain/item.ts'
import { fieldOf } from '../../../core/ocpp/actions/der-control.ts'
import { word } from '../../../core/ocpp/router.ts'

const times = { startTime: '2026-11-24T12:00:00Z', duration: 600 }
const curve = { priority: 0, yUnit: 'PctMaxW', curveData: [{ x: 1, y: 1 }] }
/** The least that each of them says. */
const structures: Readonly<Record<string, object & Body>> = {
  curve,
  enterService: { priority: 0, highVoltage: 250, lowVoltage: 210, highFreq: 51, lowFreq: 49 },
  fixedPF: { priority: 0, displacement: 0.9, excitation: true },
  fixedVar: { priority: 0, setpoint: 5, unit: 'PctMaxVar' },
  freqDroop: { priority: 0, overFreq: 1, underFreq: 1, overDroop: 1, underDroop: 1, responseTime: 1 },
  gradient: { priority: 0, gradient: 1, softGradient: 1 },
  limitMaxDischarge: { priority: 0, pctMaxDischargePower: 50 },
}

const control = (over: Partial<DerControl>): DerControl => ({
  id: 'c1',
  controlType: 'VoltVar',
  isDefault: true,
  control: curve,
  ...over,
})

describe('a control of the grid that is about to be sent', () => {
  it.each([
    ['a default', control({}), undefined],
    ['one with its times', control({ isDefault: false, control: { ...curve, ...times } }), undefined],
    [
      'a default with a start (errata 2.59)',
      control({ control: { ...curve, startTime: times.startTime } }),
      'a default holds always: it has no startTime and no duration',
    ],
    [
      'a default with a duration',
      control({ control: { ...curve, duration: 5 } }),
      'a default holds always: it has no startTime and no duration',
    ],
    [
      'none that is default, without times',
      control({ isDefault: false }),
      'a control that is no default says when it holds: startTime and duration',
    ],
    [
      'EnterService for a time',
      control({ controlType: 'EnterService', isDefault: false, control: times }),
      'EnterService is only set as default',
    ],
    [
      'Gradients for a time',
      control({ controlType: 'Gradients', isDefault: false, control: times }),
      'Gradients is only set as default',
    ],
    ['an id that is too long', control({ id: 'x'.repeat(37) }), 'the id of a control has 1 to 36 characters'],
  ])('%s', (_, one, fault) => {
    expect(derFault(one)).toBe(fault)
  })

  it.each(derControlTypes)('%s carries exactly the structure that belongs to it', (controlType) => {
    const fitting = Object.entries(structures).flatMap(([field, structure]) => {
      const order = { type: 'setDerControl', ...control({ controlType, control: structure }) } as const
      const words = word('ocpp2.1', order, { now: 0, number: 1 })
      return words.ok && 'payload' in words ? [[field, Object.keys(words.payload)]] : []
    })
    const own = fieldOf(controlType).replace(/Absorb|Inject/, '')
    expect(fitting).toEqual([[own, ['isDefault', 'controlId', 'controlType', fieldOf(controlType)]]])
  })
})

describe('which controls an operator means', () => {
  const body = { isDefault: true, controlType: 'VoltVar' }
  it.each([
    ['by its id', { isDefault: false, id: 'c1' }, true],
    ['by another id', { isDefault: true, id: 'c2' }, false],
    ['all defaults', { isDefault: true }, true],
    ['all that are none', { isDefault: false }, false],
    ['defaults of its type', { isDefault: true, controlType: 'VoltVar' }, true],
    ['defaults of another type', { isDefault: true, controlType: 'VoltWatt' }, false],
  ] as const)('%s', (_, choice, meant) => {
    expect(isMeantControl(body, 'c1', choice)).toBe(meant)
  })
})
