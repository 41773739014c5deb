import type {
  ComponentType,
  EventNotificationEnumType,
  MonitorEnumType,
  MonitoringCriterionEnumType,
  SetMonitoringDataType,
  SetMonitoringStatusEnumType,
  VariableType,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Variable } from './variable.ts'

/** What watches a variable, and how that stood when it last had something to say (N04, N07). */
export interface Monitor {
  readonly id: number
  readonly component: ComponentType
  readonly variable: VariableType
  /** Only while there is a transaction. */
  readonly transaction: boolean
  readonly value: number
  readonly type: MonitorEnumType
  readonly severity: number
  readonly kind: EventNotificationEnumType
  /** What a delta is counted from. */
  told: string
  isRaised: boolean
  /** Stops a periodic one. */
  cancel: (() => void) | undefined
}

const criteria: Readonly<Record<MonitorEnumType, MonitoringCriterionEnumType>> = {
  UpperThreshold: 'ThresholdMonitoring',
  LowerThreshold: 'ThresholdMonitoring',
  Delta: 'DeltaMonitoring',
  TargetDelta: 'DeltaMonitoring',
  TargetDeltaRelative: 'DeltaMonitoring',
  Periodic: 'PeriodicMonitoring',
  PeriodicClockAligned: 'PeriodicMonitoring',
}

export const isOf = ({ type }: Monitor, wanted: readonly MonitoringCriterionEnumType[]): boolean =>
  wanted.length === 0 || wanted.includes(criteria[type])

export const isThreshold = (type: MonitorEnumType): boolean => type === 'UpperThreshold' || type === 'LowerThreshold'
export const isPeriodic = (type: MonitorEnumType): boolean => type === 'Periodic' || type === 'PeriodicClockAligned'

const numeric: readonly string[] = ['integer', 'decimal']

/** What keeps such a monitor from being set on a variable, or nothing. */
export const judgeMonitor = (
  { type, value }: Pick<SetMonitoringDataType, 'type' | 'value'>,
  { characteristics }: Variable,
): SetMonitoringStatusEnumType | undefined => {
  const { dataType, supportsMonitoring, minLimit = -Infinity, maxLimit = Infinity } = characteristics
  // nothing here has a target
  if (!supportsMonitoring || type === 'TargetDelta' || type === 'TargetDeltaRelative') return 'UnsupportedMonitorType'
  if (isThreshold(type)) {
    if (!numeric.includes(dataType)) return 'UnsupportedMonitorType'
    return value < minLimit || value > maxLimit ? 'Rejected' : undefined
  }
  if (type === 'Delta') return value < 0 ? 'Rejected' : undefined
  return value < 1 ? 'Rejected' : undefined
}

/** What a monitor has to say now that its variable stands at `actual`, or nothing. */
export const verdictOf = (monitor: Monitor, actual: string): 'raised' | 'cleared' | 'moved' | undefined => {
  const { type, value, told, isRaised } = monitor
  if (isThreshold(type)) {
    const isBeyond = type === 'UpperThreshold' ? Number(actual) > value : Number(actual) < value
    return isBeyond === isRaised ? undefined : isBeyond ? 'raised' : 'cleared'
  }
  if (type !== 'Delta' || actual === told) return undefined
  const step = Math.abs(Number(actual) - Number(told))
  // of what is no number any change is one
  return Number.isNaN(step) || step >= value ? 'moved' : undefined
}
