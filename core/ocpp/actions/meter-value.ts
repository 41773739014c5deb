import { parseInstant } from '../../domain/instant.ts'
import {
  type Besides,
  besidesOf,
  exportRegister,
  type MeterRow,
  powerOf,
  type Reading,
  registerOf,
  type SampledValue,
} from '../../domain/meter.ts'
import { defaultUnit } from '../../domain/normal.ts'
import { clean } from '../../domain/text.ts'
import { milliWattHours, shifted } from '../../domain/units.ts'

/** MeterValue of any version as stations send it: any field may be missing or of a value nobody has heard of. */
export interface MeterValueElement {
  readonly timestamp: string
  readonly sampledValue: readonly {
    /** A text in 1.6 (§7.33), a number in 2.x. */
    readonly value: string | number
    readonly context?: string
    readonly format?: string
    readonly measurand?: string
    readonly phase?: string
    readonly location?: string
    readonly unit?: string
    /** Of 2.x in place of `unit`: the value times 10^multiplier. */
    readonly unitOfMeasure?: { readonly unit?: string; readonly multiplier?: number }
  }[]
}

const register = 'Energy.Active.Import.Register'

/** Values as the domain knows them; the defaults are those of the specification. */
const valuesOf = (element: MeterValueElement): readonly SampledValue[] =>
  element.sampledValue.map((v) => {
    const measurand = clean(v.measurand ?? register)
    return {
      value: valueOf(v),
      measurand,
      unit: clean(unitOf(v, measurand)),
      context: clean(v.context ?? 'Sample.Periodic'),
      location: clean(v.location ?? 'Outlet'),
      ...(v.phase !== undefined && { phase: clean(v.phase) }),
      ...(v.format === 'SignedData' && { signed: true as const }),
    }
  })

type Sample = MeterValueElement['sampledValue'][number]

/** A number is read by its decimal text: what JSON holds is exact as far as a meter counts (D-13). */
const valueOf = ({ value, unitOfMeasure }: Sample): string => {
  const text = typeof value === 'number' ? String(value) : clean(value, 2500)
  const multiplier = unitOfMeasure?.multiplier ?? 0
  return multiplier === 0 ? text : (shifted(text, multiplier) ?? text)
}

const unitOf = ({ unit, unitOfMeasure }: Sample, measurand: string): string => {
  const named = unit ?? unitOfMeasure?.unit ?? defaultUnit(measurand)
  return named === 'Celcius' ? 'Celsius' : named
}

const isRegister = ({ measurand, location }: Sample): boolean =>
  (measurand === undefined || measurand === register) && (location === undefined || location === 'Outlet')

/** One register as nearly every station sends it: no phase, no signature, neither the start nor the end of anything. */
const plainRegister = ({ sampledValue }: MeterValueElement): number | undefined => {
  const only = sampledValue.find(isRegister)
  if (only === undefined || only.phase !== undefined || only.format === 'SignedData') return undefined
  if (only !== sampledValue.findLast(isRegister)) return undefined
  if (only.context?.startsWith('Transaction.') === true) return undefined
  if ((only.unitOfMeasure?.multiplier ?? 0) !== 0) return undefined
  const unit = only.unit ?? only.unitOfMeasure?.unit
  const mwh = unit === undefined || unit === 'Wh' || unit === 'kWh' ? milliWattHours(only.value, unit) : undefined
  return mwh === undefined || mwh < 0 ? undefined : mwh
}

/** The register of an element, and what it says of energy besides. */
const energiesOf = (element: MeterValueElement): Pick<Reading, 'registerMwh' | 'besides'> => {
  const registerMwh = plainRegister(element)
  const { sampledValue } = element
  // a lone value that is a register of import is none of export: most readings are looked at once
  const gives = (registerMwh === undefined || sampledValue.length > 1) && sampledValue.some(isExport)
  if (!gives && (registerMwh !== undefined || !sampledValue.some(isOfEnergy))) return { registerMwh }
  const values = valuesOf(element)
  const besides: Besides | undefined = besidesOf(values)
  return { registerMwh: registerOf(values), ...(besides !== undefined && { besides }) }
}

const isExport = ({ measurand }: Sample): boolean => measurand === exportRegister

const isOfEnergy = ({ measurand }: Sample): boolean =>
  measurand === undefined || measurand.startsWith('Energy.Active.Import.')

/**
 * One `meterValue` element as a reading: its time, its energy, its own text. Its values are kept in the text. What
 * connector 0 reports in time with the clock is the meter of the whole station: never a session's (handbook §3.6).
 */
export const readingOf = (element: MeterValueElement, now: number, connector?: number): Reading => {
  const at = parseInstant(element.timestamp)?.ms
  const text = JSON.stringify(element)
  const own = connector === 0 ? { ...element, sampledValue: element.sampledValue.filter(isNotAligned) } : element
  const energies = energiesOf(own)
  return at === undefined ? { at: now, atKey: clean(element.timestamp), text, ...energies } : { at, text, ...energies }
}

const isNotAligned = ({ context }: Sample): boolean => context !== 'Sample.Clock'

export const readingsOf = (
  elements: readonly MeterValueElement[] | undefined,
  now: number,
  connector?: number,
): readonly Reading[] => elements?.map((e) => readingOf(e, now, connector)) ?? []

/** What the operator is told about readings that were kept, and count for nothing. */
export const flagsOfReadings = (readings: readonly Reading[]): readonly string[] =>
  readings.some(({ besides }) => besides?.unreadable === true) ? ['a register cannot be read'] : []

/** A filed reading with everything that was measured. */
export interface FullReading extends Reading {
  readonly values: readonly SampledValue[]
}

/** Reads a stored element again: the raw text is what is kept. */
export const storedReading = (text: string, at: number): FullReading => {
  const element = JSON.parse(text) as MeterValueElement
  return { ...readingOf(element, at), values: valuesOf(element) }
}

/** A stored element as far as it says something about its session; its register is the one it was filed with. */
export const meterRow = (
  text: string,
  filed: { readonly at: number; readonly received: number; readonly register: number | undefined },
): MeterRow => {
  const { atKey, values } = storedReading(text, filed.at)
  const powerMw = powerOf(values)
  return {
    at: filed.at,
    receivedAt: filed.received,
    ...(atKey !== undefined && { isTimeless: true as const }),
    ...(filed.register !== undefined && { registerMwh: filed.register }),
    ...(powerMw !== undefined && { powerMw }),
  }
}
