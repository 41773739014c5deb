import type { Body } from '../domain/item.ts'

/** How a vehicle or a station that feeds the grid behaves towards it (2.1 block R): controls that the operator sets. */
export const derControlTypes = [
  'EnterService',
  'FreqDroop',
  'FreqWatt',
  'FixedPFAbsorb',
  'FixedPFInject',
  'FixedVar',
  'Gradients',
  'HFMustTrip',
  'HFMayTrip',
  'HVMustTrip',
  'HVMomCess',
  'HVMayTrip',
  'LimitMaxDischarge',
  'LFMustTrip',
  'LVMustTrip',
  'LVMomCess',
  'LVMayTrip',
  'PowerMonitoringMustTrip',
  'VoltVar',
  'VoltWatt',
  'WattPF',
  'WattVar',
] as const
export type DerControlType = (typeof derControlTypes)[number]

export interface DerControl {
  /** At most 36 characters; else one is chosen. */
  readonly id?: string
  readonly controlType: DerControlType
  /** It holds wherever no other control of its type is in force. */
  readonly isDefault: boolean
  /** The one structure that belongs to the type, as the specification writes it; a curve where it has none of its own. */
  readonly control: Body
}

/** Which controls are meant. With an id the type does not matter. */
export interface DerChoice {
  readonly isDefault: boolean
  readonly controlType?: DerControlType
  readonly id?: string
}

const onlyAsDefault: ReadonlySet<DerControlType> = new Set(['EnterService', 'Gradients'])

/** What is wrong with a control that we are about to send, beside its shape, or nothing (2.1 R04.FR, errata 2.59). */
export const derFault = ({ controlType, isDefault, control, id }: DerControl): string | undefined => {
  if (id !== undefined && (id === '' || id.length > 36)) return 'the id of a control has 1 to 36 characters'
  if (!isDefault && onlyAsDefault.has(controlType)) return `${controlType} is only set as default`
  const { startTime, duration } = control
  if (isDefault && (startTime !== undefined || duration !== undefined))
    return 'a default holds always: it has no startTime and no duration'
  if (!isDefault && (startTime === undefined || duration === undefined))
    return 'a control that is no default says when it holds: startTime and duration'
  return undefined
}

/** Whether a control that is known is among those meant. */
export const isMeantControl = (body: Body, key: string, { isDefault, controlType, id }: DerChoice): boolean =>
  id === undefined
    ? body['isDefault'] === isDefault && (controlType ?? body['controlType']) === body['controlType']
    : id === key
