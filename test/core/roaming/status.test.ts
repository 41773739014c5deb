import { expect, it } from 'vitest'
import type { ConnectorStatus } from '../../../core/domain/connector.ts'
import { type Known, statusOf } from '../../../core/roaming/status.ts'

const known = (connectors: readonly ConnectorStatus[], more: Partial<Known> = {}): Known => ({
  state: 'active',
  connectors,
  isAway: false,
  ...more,
})

it.each<readonly [ConnectorStatus, string]>([
  ['available', 'AVAILABLE'],
  ['preparing', 'CHARGING'],
  ['charging', 'CHARGING'],
  ['suspendedByVehicle', 'CHARGING'],
  ['suspendedByStation', 'CHARGING'],
  ['finishing', 'CHARGING'],
  ['reserved', 'RESERVED'],
  ['unavailable', 'INOPERATIVE'],
  ['faulted', 'OUTOFORDER'],
  ['unknown', 'UNKNOWN'],
])('an EVSE with one connector that is %s is %s', (status, expected) => {
  expect(statusOf(known([status]))).toBe(expected)
})

it.each<readonly [string, Known, string]>([
  ['planned, whatever is told of it', known(['available'], { state: 'planned' }), 'PLANNED'],
  ['removed, whatever is told of it', known(['charging'], { state: 'removed', isAway: true }), 'REMOVED'],
  ['away for longer than its grace', known(['charging'], { isAway: true }), 'UNKNOWN'],
  ['of no plug', known([]), 'UNKNOWN'],
  ['in use at one connector', known(['available', 'charging']), 'CHARGING'],
  ['free at one connector', known(['faulted', 'available']), 'AVAILABLE'],
  ['kept at one connector', known(['available', 'reserved']), 'RESERVED'],
  ['out of service at one connector, broken at the other', known(['faulted', 'unavailable']), 'INOPERATIVE'],
  ['of a station that is broken as a whole', known(['available'], { station: 'faulted' }), 'OUTOFORDER'],
  ['of a station that is out of service', known(['available'], { station: 'unavailable' }), 'INOPERATIVE'],
  ['in use while its station goes out of service', known(['charging'], { station: 'unavailable' }), 'CHARGING'],
  ['of a station that is well', known(['faulted'], { station: 'available' }), 'OUTOFORDER'],
])('an EVSE that is %s', (_, of, expected) => {
  expect(statusOf(of)).toBe(expected)
})
