import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePlace, type Place, placeOf, variableKey, variableOf, writtenAs } from '../../../core/domain/variable.ts'
import { variableNamed } from '../../../core/ocpp/keys.ts'

describe('the name of a variable', () => {
  const texts: readonly (readonly [string, Place])[] = [
    ['OCPPCommCtrlr', { component: { name: 'OCPPCommCtrlr' } }],
    ['TxCtrlr.TxStartPoint', { component: { name: 'TxCtrlr' }, variable: { name: 'TxStartPoint' } }],
    [
      'OCPPCommCtrlr.MessageAttempts[TransactionEvent]',
      { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'MessageAttempts', instance: 'TransactionEvent' } },
    ],
    [
      'Connector:1/2.AvailabilityState',
      { component: { name: 'Connector', evse: 1, connector: 2 }, variable: { name: 'AvailabilityState' } },
    ],
    [
      'NetworkConfiguration[1.a]:3.OcppCsmsUrl',
      { component: { name: 'NetworkConfiguration', instance: '1.a', evse: 3 }, variable: { name: 'OcppCsmsUrl' } },
    ],
  ]
  it.each(texts)('%s is read and written', (text, place) => {
    expect([parsePlace(text), writtenAs(place)]).toEqual([place, text])
  })

  it.each(['', '.', 'A.', '.B', 'A:', 'A:x.B', 'A:1/.B', 'A.B.C', 'A[', 'A[].B', 'A.B]'])('%o is none', (text) => {
    expect(parsePlace(text)).toBeUndefined()
  })

  it('comes back as it was, whatever stands in it', () => {
    const name = fc.string({ minLength: 1, maxLength: 50, unit: fc.constantFrom(...'aB1.:[]/%@|-_*=+ '.split('')) })
    const instance = fc.option(name, { nil: undefined })
    const number = fc.option(fc.nat(999), { nil: undefined })
    fc.assert(
      fc.property(name, instance, number, number, name, instance, (component, of, evse, connector, variable, part) => {
        const place: Place = {
          component: {
            name: component,
            ...(of !== undefined && { instance: of }),
            ...(evse !== undefined && { evse, ...(connector !== undefined && { connector }) }),
          },
          variable: { name: variable, ...(part !== undefined && { instance: part }) },
        }
        const isTrimmed = component.trimStart() === component && writtenAs(place).trimEnd() === writtenAs(place)
        if (isTrimmed) expect(parsePlace(writtenAs(place))).toEqual(place)
      }),
    )
  })

  it('is the same in any case, and not the same with an instance', () => {
    const keyOf = (text: string): string => variableKey(parsePlace(text) as Place)
    expect(keyOf('TXCTRLR.txstartpoint')).toBe(keyOf('TxCtrlr.TxStartPoint'))
    expect(keyOf('A.B')).not.toBe(keyOf('A.B[x]'))
    expect(keyOf('A.B')).not.toBe(keyOf('A:1.B'))
  })

  it('is given as a text or in parts; a component alone is no variable', () => {
    const parts = { component: { name: 'A' }, variable: { name: 'b' } }
    expect([placeOf({ key: 'A.b' }), placeOf(parts)]).toEqual([parts, parts])
    expect([variableOf({ key: 'A' }), variableOf({}), variableOf({ component: { name: 'A' } })]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  const keys: readonly (readonly [string, string])[] = [
    ['HeartbeatInterval', 'OCPPCommCtrlr.HeartbeatInterval'],
    ['heartbeatinterval', 'OCPPCommCtrlr.HeartbeatInterval'],
    ['ConnectionTimeOut', 'TxCtrlr.EVConnectionTimeOut'],
    ['MeterValueSampleInterval', 'SampledDataCtrlr.TxUpdatedInterval'],
    ['TransactionMessageAttempts', 'OCPPCommCtrlr.MessageAttempts[TransactionEvent]'],
    ['AuthorizationKey', 'SecurityCtrlr.BasicAuthPassword'],
    ['TxCtrlr.EVConnectionTimeOut', 'TxCtrlr.EVConnectionTimeOut'],
  ]
  it.each(keys)('%s of 1.6 is %s of 2.x', (key, variable) => {
    const name = variableNamed({ key })
    expect(name && writtenAs(name)).toBe(variable)
    expect(variableNamed({ key: 'SomethingOfAVendor' })).toBeUndefined()
  })
})
