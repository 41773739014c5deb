import { milliWattHours, type MilliWattHours } from './units.ts'

/** One measured value as the station wrote it, with OCPP's defaults filled in (handbook §3.6). */
export interface SampledValue {
  readonly value: string
  readonly measurand: string
  readonly unit: string
  readonly context: string
  readonly location: string
  readonly phase?: string
  /** `SignedData` values are kept as they are and never computed with. */
  readonly signed?: true
}

/** All values of one moment, as they are filed: what they mean in detail is worked out when somebody looks. */
export interface Reading {
  readonly at: number
  /** What the station wrote for a time, where it cannot be read: the same for the same reading, whenever it is sent. */
  readonly atKey?: string
  /** Energy.Active.Import.Register at the outlet; absent when the reading has none that can be read. */
  readonly registerMwh: MilliWattHours | undefined
  /** The element's own text, for the key and for disputes. */
  readonly text: string
}

const registers = (values: readonly SampledValue[]): readonly SampledValue[] =>
  values.filter((v) => v.measurand === 'Energy.Active.Import.Register' && v.location === 'Outlet' && v.signed !== true)

const energy = (value: SampledValue): MilliWattHours | undefined =>
  value.unit === 'Wh' || value.unit === 'kWh' ? milliWattHours(value.value, value.unit) : undefined

/** The meter's import register in mWh: the total when there is one, else the sum of the phases. */
export const registerOf = (values: readonly SampledValue[]): MilliWattHours | undefined => {
  const all = registers(values)
  const total = all.find((v) => v.phase === undefined)
  if (total !== undefined) return energy(total)
  const phases = ['L1', 'L2', 'L3'].flatMap((phase) => {
    const value = all.find((v) => v.phase === phase || v.phase === `${phase}-N`)
    return value === undefined ? [] : [energy(value)]
  })
  if (phases.length === 0 || phases.some((p) => p === undefined)) return undefined
  return phases.reduce<number>((sum, p) => sum + (p ?? 0), 0)
}
