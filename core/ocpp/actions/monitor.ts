import type { Body } from '../../domain/item.ts'
import type { MonitorType } from '../../domain/monitor.ts'
import type { VariableName } from '../../domain/variable.ts'
import { placeBody } from './variable.ts'

/** Monitors in the words of 2.x, and as the mirror keeps them. */

export const wireTypes: Readonly<Record<MonitorType, string>> = {
  upperThreshold: 'UpperThreshold',
  lowerThreshold: 'LowerThreshold',
  delta: 'Delta',
  periodic: 'Periodic',
  periodicClockAligned: 'PeriodicClockAligned',
  targetDelta: 'TargetDelta',
  targetDeltaRelative: 'TargetDeltaRelative',
}
export const only21: ReadonlySet<MonitorType> = new Set(['targetDelta', 'targetDeltaRelative'])

export const monitorTypeOf = (name: string): string =>
  Object.entries(wireTypes).find(([, wire]) => wire === name)?.[0] ?? name

interface Known {
  readonly type: string
  readonly value: number
  readonly severity: number
  readonly transaction: boolean
  /** Whose it is: wired in, the maker's, or ours. */
  readonly kind: string
}

export const monitorItem = (
  id: number,
  name: VariableName,
  { type, ...known }: Known,
): { key: string; body: Body } => ({
  key: String(id),
  body: { id, ...placeBody(name), type: monitorTypeOf(type), ...known },
})
