import type { NamedVariable } from './variable.ts'

/** What makes a station tell of a variable by itself (OCPP 2.0.1 part 2 N). */
export const monitorTypes = [
  'upperThreshold',
  'lowerThreshold',
  /** It has changed by so much since it was last told. */
  'delta',
  /** Every so many seconds. */
  'periodic',
  /** The same, by the clock, from midnight on. */
  'periodicClockAligned',
  /** It is so far from what it should be; from 2.1 on. */
  'targetDelta',
  'targetDeltaRelative',
] as const
export type MonitorType = (typeof monitorTypes)[number]

export interface WantedMonitor extends NamedVariable {
  /** Of one that is replaced; else the station gives it one. */
  readonly id?: number
  readonly type: MonitorType
  readonly value: number
  /** 0 danger, 1 hardware failure, 2 system failure, 3 critical, 4 error, 5 alert, 6 warning, 7 notice, 8 informational, 9 debug. */
  readonly severity: number
  /** Only while a session goes on. */
  readonly duringSession?: boolean
  /** Told in a stream of its own (2.1): at the latest after so many seconds, or so many values. */
  readonly stream?: { readonly intervalS?: number; readonly values?: number }
}

/** Which monitors of the maker's are in force. */
export const monitoringBases = ['all', 'factoryDefault', 'hardWiredOnly'] as const
export type MonitoringBase = (typeof monitoringBases)[number]

/** From danger to critical: somebody must hear of it. */
export const isSevere = (severity: number): boolean => severity <= 3
