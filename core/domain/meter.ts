import { placesToW, placesToWh } from './normal.ts'
import { type MilliWattHours, scaled } from './units.ts'

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
  /** What it says of energy besides; most readings say nothing. */
  readonly besides?: Besides
  /** The element's own text, for the key and for disputes. */
  readonly text: string
}

/** A filed reading, as far as it says something about its session. */
export interface MeterRow {
  readonly at: number
  readonly receivedAt: number
  /** Its own time could not be read. */
  readonly isTimeless?: true
  readonly registerMwh?: MilliWattHours
  /** Active power at the outlet. */
  readonly powerMw?: number
}

export interface Besides {
  /** The register at the start of the session, where a value says that it is that (Transaction.Begin). */
  readonly beginMwh?: MilliWattHours
  /** The same at its end (Transaction.End). */
  readonly endMwh?: MilliWattHours
  /** Energy since the reading before, of a reading without a register. */
  readonly interval?: Amount
  /** Energy.Active.Export.Register at the outlet; two where it tells start and end at once. */
  readonly exports?: readonly MilliWattHours[]
  /** It has a register that cannot be read. */
  readonly unreadable?: true
}

/** Energy.Active.Import.Interval; what is sampled and what is aligned with the clock are two series of the same energy. */
export interface Amount {
  readonly mwh: MilliWattHours
  readonly aligned?: true
}

const register = 'Energy.Active.Import.Register'
const interval = 'Energy.Active.Import.Interval'
export const exportRegister = 'Energy.Active.Export.Register'

const energy = ({ value, unit }: SampledValue): MilliWattHours | undefined => {
  const places = placesToWh(unit)
  const mwh = places === undefined ? undefined : scaled(value, places + 3)
  return mwh === undefined || mwh < 0 ? undefined : mwh
}

const power = ({ value, unit }: SampledValue): number | undefined => {
  const places = placesToW(unit)
  return places === undefined ? undefined : scaled(value, places + 3)
}

const ofOutlet = (values: readonly SampledValue[], measurand: string): readonly SampledValue[] =>
  values.filter((v) => v.measurand === measurand && v.location === 'Outlet' && v.signed !== true)

/** The total where there is one, else the sum of the phases: never both. */
const totalOf = (
  values: readonly SampledValue[],
  read: (value: SampledValue) => number | undefined,
): number | undefined => {
  const total = values.find((v) => v.phase === undefined)
  if (total !== undefined) return read(total)
  const phases = ['L1', 'L2', 'L3'].flatMap((phase) => {
    const value = values.find((v) => v.phase === phase || v.phase === `${phase}-N`)
    return value === undefined ? [] : [read(value)]
  })
  if (phases.length === 0 || phases.some((p) => p === undefined)) return undefined
  return phases.reduce<number>((sum, p) => sum + (p ?? 0), 0)
}

const within = (values: readonly SampledValue[], ...contexts: readonly string[]): readonly SampledValue[] =>
  values.filter(({ context }) => contexts.includes(context))

/** The meter's import register in mWh. Of a reading that tells start and end at once it is the register at the end. */
export const registerOf = (values: readonly SampledValue[]): MilliWattHours | undefined => {
  const all = ofOutlet(values, register)
  const later = all.filter(({ context }) => context !== 'Transaction.Begin')
  return totalOf(later.length > 0 ? later : all, energy)
}

/** What a reading says of energy beside its register; undefined where it is nothing. */
export const besidesOf = (values: readonly SampledValue[]): Besides | undefined => {
  const registers = ofOutlet(values, register)
  const beginMwh = totalOf(within(registers, 'Transaction.Begin'), energy)
  const endMwh = totalOf(within(registers, 'Transaction.End'), energy)
  const amount = registers.length > 0 ? undefined : amountOf(ofOutlet(values, interval))
  const exports = exportsOf(ofOutlet(values, exportRegister))
  const besides: Besides = {
    ...(beginMwh !== undefined && { beginMwh }),
    ...(endMwh !== undefined && { endMwh }),
    ...(amount !== undefined && { interval: amount }),
    ...(exports.length > 0 && { exports }),
    ...(registers.length > 0 && registerOf(values) === undefined && { unreadable: true as const }),
  }
  return Object.keys(besides).length === 0 ? undefined : besides
}

const exportsOf = (values: readonly SampledValue[]): readonly MilliWattHours[] => {
  const begin = values.filter(({ context }) => context === 'Transaction.Begin')
  const later = values.filter(({ context }) => context !== 'Transaction.Begin')
  return [begin, later].flatMap((some) => totalOf(some, energy) ?? [])
}

/** Only what is measured regularly adds up to a session: a value on demand lies within another's interval. */
const amountOf = (values: readonly SampledValue[]): Amount | undefined => {
  const sampled = totalOf(within(values, 'Sample.Periodic', 'Transaction.End'), energy)
  if (sampled !== undefined) return { mwh: sampled }
  const mwh = totalOf(within(values, 'Sample.Clock'), energy)
  return mwh === undefined ? undefined : { mwh, aligned: true }
}

/** Power.Active.Import at the outlet, in mW. */
export const powerOf = (values: readonly SampledValue[]): number | undefined =>
  totalOf(ofOutlet(values, 'Power.Active.Import'), power)
